import http from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";

import fetch, { FetchError } from "node-fetch";
import { Webhook } from "standardwebhooks";

import { retryAfterMs } from "../providers/index.ts";
import type { TraceContext } from "../traces/index.ts";
import { hostOf } from "./endpoint-url.ts";
import { isPublicAddress, notPublic, publicOnly } from "./public-address.ts";

export interface Message {
  url: string;
  /** The same in every attempt, so that the receiver can tell a repetition. */
  id: string;
  body: string;
  /** `whsec_…`, each signs: the secret, and the one before it for a while. */
  secrets: string[];
  /** Sent along, so that the receiver can go on with the trace. */
  trace?: TraceContext | null;
}

/** What came of it. `error` is null if the receiver has taken it. */
export interface Posted {
  status: number | null;
  error: string | null;
  retryAfterMs: number | null;
}

export interface PostOptions {
  allowPrivate: boolean;
  /** For the whole exchange; 10 s by default. */
  timeoutMs?: number | undefined;
  resolve?: LookupFunction | undefined;
  /** Ends it before its time. */
  signal?: AbortSignal | undefined;
}

/** Of an answer so much is read, and of one that isn't 2xx the first words are kept. */
const readMost = 4_096;
const wordsMost = 200;

/**
 * Sends one message as the Standard Webhooks specification (1.0) has it: signed over id, time and body, taken by any
 * 2xx, never redirected. Connects to nothing but public addresses unless it may.
 *
 * @returns whatever receiver and network do; it throws only for a bug of ours
 */
export async function post(message: Message, options: PostOptions): Promise<Posted> {
  const { url, id, body, secrets, trace } = message;
  const { allowPrivate, timeoutMs = 10_000, resolve } = options;
  const target = new URL(url);
  const host = hostOf(target);
  // A name is looked at when it is resolved.
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) return failed(words(notPublic));

  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  const lookup = allowPrivate ? resolve : publicOnly(resolve);
  const agentOptions = { keepAlive: false, ...(lookup === undefined ? {} : { lookup }) };
  const agent = target.protocol === "https:" ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
  const at = new Date();
  const headers = {
    "content-type": "application/json",
    "user-agent": "Tally-Notifications/1",
    ...trace,
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(" "),
  };
  try {
    const answer = await fetch(url, { method: "POST", body, headers, agent, signal, redirect: "manual" });
    const said = await firstWords(answer.body);
    if (answer.ok) return { status: answer.status, error: null, retryAfterMs: null };
    return {
      status: answer.status,
      error: `answered ${answer.status}${isRedirect(answer.status) ? ", a redirect, which is not followed" : ""}${said === "" ? "" : `: ${said}`}`,
      retryAfterMs: retryAfterMs(answer.headers.get("retry-after"), Date.now()),
    };
  } catch (error) {
    if (timeout.aborted) return failed(`no answer within ${timeoutMs / 1000} s`);
    if (error instanceof FetchError) return failed(words(error.code));
    if (options.signal?.aborted === true) return failed("broken off, since Tally is stopping");
    throw error;
  } finally {
    agent.destroy();
  }
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

function failed(error: string): Posted {
  return { status: null, error, retryAfterMs: null };
}

/** The library's own message has the whole address in it. */
function words(code: string | undefined): string {
  switch (code) {
    case notPublic:
      return "not sent: the address is not a public one; NOTIFICATION_ALLOW_PRIVATE=true allows it for trials";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `not sent: the name has no address (${code})`;
    case "ECONNREFUSED":
      return "not sent: nobody listens there (ECONNREFUSED)";
    case undefined:
      return "no answer: the connection broke off";
    default:
      return `no answer: ${code}`;
  }
}

/** What it said is told apart from the status by now: that its end never comes, or breaks off, changes nothing. */
async function firstWords(body: NodeJS.ReadableStream | null): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body ?? []) {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes);
      length += bytes.length;
      if (length >= readMost) break;
    }
  } catch {
    // The status is all that counts.
  }
  const text = Buffer.concat(chunks).toString("utf8").replace(/\s+/g, " ").trim();
  return text.length <= wordsMost ? text : `${text.slice(0, wordsMost)}…`;
}
