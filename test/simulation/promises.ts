import { defaultPolicy } from "../../src/live/index.ts";

/** A condition that may hold for only so long at a time. */
export interface Promised {
  name: string;
  /** What the promise is, for people. */
  words: string;
  /** Seconds that it may last when nothing goes wrong besides. */
  seconds: number;
}

const { stopGraceMs, checkupMs, startConfirmMs, ingestLostMs, manualStartMs } = defaultPolicy;
const grace = stopGraceMs / 1000;
const checkup = checkupMs / 1000;
const confirm = startConfirmMs / 1000;
const ingestLost = ingestLostMs / 1000;

/** A stop that is accepted at once ends within so long; with the call and the webhook before it. */
const stopSeconds = 10;
/** Three calls at Cloudflare, two at Agora. */
const callsSeconds = 3;
/** Then up to 20 s until it records, and 2 s until it pushes. */
const startSeconds = callsSeconds + 25;

/**
 * What Tally promises, in seconds of Agora's and Cloudflare's own record. Each trouble of an evening allows so much
 * more (`allowances`); what remains is a bug.
 */
export const promises = {
  recorder_without_host: {
    name: "recorder_without_host",
    words: "no recorder runs without a host beyond the grace and the time that a stop takes",
    seconds: grace + stopSeconds,
  },
  host_without_recorder: {
    name: "host_without_recorder",
    words: "no host who was announced is without a recorder beyond the calls of a start",
    seconds: callsSeconds,
  },
  host_without_picture: {
    name: "host_without_picture",
    words: "no host who was announced is without a picture at Cloudflare beyond the time that a start takes",
    seconds: startSeconds,
  },
  two_publishers: {
    name: "two_publishers",
    words: "never two publishers on one live input beyond the time that a stop takes",
    seconds: stopSeconds,
  },
  host_not_shown: {
    name: "host_not_shown",
    words: "no host who was announced is left out of a converter's picture beyond the call that puts her in",
    seconds: callsSeconds,
  },
  light_before_picture: {
    name: "light_before_picture",
    words: "the light is not on for a relay that has not sent a picture yet",
    seconds: 5,
  },
  light_without_picture: {
    name: "light_without_picture",
    words: "the light is not on without a host's picture, until the webhook about it comes",
    seconds: 5,
  },
} as const satisfies Record<string, Promised>;

export type PromiseName = keyof typeof promises;

/** Seconds that each trouble allows every promise to take longer. */
export const allowances = {
  /** Answered after 8 s or not at all; asked again 30 s later. */
  check: 40,
  /** 8 s without an answer, and told again after 10 s; or a push that is told again later. */
  update: 60,
  /** Stops are repeated after 2, 4 … 60 s; each may take 8 s. */
  stop: 70,
  /** Refused, or 8 s without an answer; then by the retry and recovery schedule, which the n-th start trouble adds. */
  startWaits: [2, 4, 30, 60, 120, 240].map((seconds) => seconds + 10),
  /** Agora says it is full: looked at again after 30 s. */
  full: 40,
  /** Until another process has the dead one's job. */
  death: 20,
  /** The notifications that tell of it are lost: found by a checkup, and only after 90 s taken for dead. */
  recorderDies: checkup + 30 + 90 + 30 + startSeconds + 16,
  /** On top of the seconds it takes: missed, asked about, confirmed. */
  recorderMoves: 90 + 60 + confirm + startSeconds,
  /** Wait, ask, re-point, wait, ask, restart; a webhook that would tell may be lost too. */
  pushDrops: checkup + 3 * ingestLost + 30 + startSeconds,
  /** A lost webhook about a recorder or a live input: the checkup tells what it would have told. */
  webhookLost: checkup + confirm + 60,
  /** An operator's start waits for a host. */
  manualStart: manualStartMs / 1000 + grace + stopSeconds,
} as const;
