import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A process of ours, known by its pid. */
export interface Child {
  readonly process: ChildProcess;
  /** What it wrote last. */
  words(): string;
  isOver(): boolean;
  /** Ends it and waits for it. @returns false if SIGTERM was not enough within 20 s, and SIGKILL was needed */
  end(): Promise<boolean>;
  kill(): Promise<void>;
}

/** The longest stop of a service: its jobs and its HTTP connections get 10 s each at most. */
const patienceMs = 25_000;
const wordsMost = 20_000;

/**
 * Starts a file of the build; this one may run from the build or from the sources.
 *
 * @param file - below `dist/src`
 */
export function startChild(file: string, args: readonly string[], env: Record<string, string>): Child {
  const built = import.meta.url.endsWith(".ts") ? "../../dist/src/" : "../../src/";
  const entry = fileURLToPath(new URL(built + file, import.meta.url));
  const child = fork(entry, args, { env: { PATH: process.env.PATH, ...env }, silent: true });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let words = "";
  const listen = (chunk: Buffer) => (words = (words + chunk.toString()).slice(-wordsMost));
  child.stdout?.on("data", listen);
  child.stderr?.on("data", listen);
  const isOver = () => child.exitCode !== null || child.signalCode !== null;

  return {
    process: child,
    words: () => words,
    isOver,
    async end() {
      if (isOver()) return true;
      child.kill("SIGTERM");
      let inTime = true;
      const impatience = setTimeout(() => {
        inTime = false;
        child.kill("SIGKILL");
      }, patienceMs);
      await gone;
      clearTimeout(impatience);
      return inTime;
    },
    async kill() {
      if (isOver()) return;
      child.kill("SIGKILL");
      await gone;
    },
  };
}
