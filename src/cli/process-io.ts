import { setMaxListeners } from "node:events";
import { createInterface } from "node:readline/promises";

import { exitCodes } from "./exit-codes.ts";
import type { Io } from "./io.ts";

/** This process, as commands see it. Takes over Ctrl-C: the first one ends the command in order, the second at once. */
export function processIo(): Io {
  const interrupted = new AbortController();
  // Each request under way listens; Node would warn of more than ten.
  setMaxListeners(0, interrupted.signal);
  const interrupt = () => {
    if (interrupted.signal.aborted) process.exit(exitCodes.interrupted);
    interrupted.abort();
  };
  process.on("SIGINT", interrupt);
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY;
  return {
    env: process.env,
    out: writerTo(process.stdout),
    drained: () => drained(process.stdout),
    input: process.stdin,
    err: writerTo(process.stderr),
    progress: process.stderr.isTTY ? (line) => process.stderr.write(`\r\u001b[K${line}`) : null,
    columns: widthOf(process.stdout),
    colour: process.stdout.isTTY && !process.env.NO_COLOR,
    ask: isTerminal ? (question) => ask(question, interrupted.signal, interrupt) : null,
    now: () => new Date(),
    signal: interrupted.signal,
  };
}

/** Some terminals don't know their width, and say 0. */
function widthOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY && stream.columns > 0 ? stream.columns : 80;
}

/** Whoever reads may have seen enough: `tally events list | head` is no error. */
function writerTo(stream: NodeJS.WriteStream): (text: string) => void {
  let isOpen = true;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    isOpen = false;
  });
  return (text) => {
    if (isOpen) stream.write(text);
  };
}

/** A reader who is gone keeps nobody waiting. */
async function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (!stream.writableNeedDrain || stream.destroyed) return;
  await new Promise<void>((resolve) => {
    const settle = () => {
      stream.off("drain", settle).off("close", settle).off("error", settle);
      resolve();
    };
    stream.on("drain", settle).on("close", settle).on("error", settle);
  });
}

/** Anything but y or yes is no, so is the end of the input. */
async function ask(question: string, signal: AbortSignal, interrupt: () => void): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => {
    terminal.once("close", () => resolve(""));
  });
  // A terminal that is asked a question hands Ctrl-C to the question.
  terminal.once("SIGINT", interrupt);
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `, { signal }), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
