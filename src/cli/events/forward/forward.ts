import { readSigningSecrets } from "../../../config/index.ts";
import { type EventFilter, type EventSource, selectEvents, type StoredEvent } from "../../../eventlog/index.ts";
import { confirm } from "../../confirm.ts";
import { Failure } from "../../failure.ts";
import type { Io } from "../../io.ts";
import { printJson } from "../../output/print.ts";
import { createProgress, describeSpeed } from "../../output/progress.ts";
import { count } from "../../output/text.ts";
import { secretOfDoor, sendWebhook } from "../../send-webhook.ts";
import type { Service } from "../../with-service.ts";
import { createAnswers } from "./answers.ts";
import { deliveryOf, doorOf } from "./delivery-of.ts";
import { forwardAll } from "./forward-all.ts";
import { type ForwardPlan, planForward } from "./plan-forward.ts";
import { printOutcome, printPlan } from "./print-forward.ts";
import { findTarget, type Target } from "./target.ts";

/** Whose events are webhooks. What Tally decided, and what operators asked of it, is its own affair. */
export const providers = ["agora", "cloudflare"] as const satisfies readonly EventSource[];

export interface ForwardHow {
  /** The other Tally's address. */
  to: string;
  dryRun: boolean;
  yes: boolean;
  json: boolean;
}

/** After so many refusals of one kind of webhook in a row, the rest would be refused too. */
const refusedMost = 10;

/**
 * Sends stored webhooks to another Tally, signed anew by its secrets: says first what it would send, and asks. What the
 * target has already it answers as a duplicate, so that the same again goes on where it was interrupted.
 *
 * @param filter - chooses events; only those of providers are sent
 * @throws {Failure} if nothing could be sent, or not all of it was taken
 */
export async function forward(io: Io, service: Service, filter: EventFilter, how: ForwardHow): Promise<void> {
  const { config, tables } = service;
  const target = await findTarget(how.to, config.publicUrl);
  const selected = await selectEvents(tables, { ...filter, sources: providers });
  const plan = await planForward(tables, selected);
  const secrets = readSigningSecrets(io.env, config);
  assertSecrets(plan, secrets);
  if (plan.isTruncated) io.err(`These are the newest ${plan.deliveries} that fit; --limit takes more.\n`);
  if (!how.json) printPlan(io, plan, target);
  const shown = { target: target.url, ...plan };
  if (how.dryRun || plan.deliveries === 0) {
    if (how.json) printJson(io, shown);
    return;
  }
  await confirm(io, questionOf(plan, target), how.yes);

  const progress = createProgress(io, plan.deliveries, "deliveries");
  const answers = createAnswers();
  const signal = io.signal;
  const send = async (event: StoredEvent) => {
    const { door, body, contentType } = deliveryOf(event);
    signal.throwIfAborted();
    const sent = await sendWebhook(target.url, door, { body, contentType }, { secrets, signal, advice: toGoOn });
    const refused = answers.add(door, sent);
    progress.add(1);
    if (refused === null || refused.inARow < refusedMost) return;
    throw new Failure(`Ended after ${refusedMost} refusals in a row: ${refused.refusal.says}. ${toGoOn}`);
  };
  try {
    await forwardAll(tables, selected.selection, send);
  } finally {
    progress.clear();
    const outcome = answers.outcome();
    if (how.json) printJson(io, { ...shown, ...outcome });
    else printOutcome(io, outcome, describeSpeed(progress, "delivery", "deliveries"));
  }
  const { refused } = answers.outcome();
  const sum = refused.reduce((total, { deliveries }) => total + deliveries, 0);
  if (sum > 0) throw new Failure(`${count(sum, "delivery", "deliveries")} of ${plan.deliveries} not taken. ${toGoOn}`);
}

/** What to do when not all of it was taken, or sent. */
export const toGoOn = "The same command again goes on: what the target has it answers as known.";

function questionOf({ deliveries }: ForwardPlan, { url, isPublic }: Target): string {
  const where = isPublic ? `${url}, which is on the open internet` : url;
  return `Forward ${count(deliveries, "delivery", "deliveries")} to ${where}?`;
}

/** @throws {Failure} before anything is sent, if some of it couldn't be signed */
function assertSecrets({ types }: ForwardPlan, secrets: ReturnType<typeof readSigningSecrets>): void {
  const missing = new Set(
    types.map((type) => secretOfDoor[doorOf(type)]).filter((name) => secrets[name] === undefined),
  );
  if (missing.size === 0) return;
  const names = [...missing].map((name) => `TARGET_${name}`).join(" and ");
  throw new Failure(
    `Nothing was sent: it can't be signed without ${names}. Set it to what the target has, or leave such events out ` +
      "(--source, --type).",
  );
}
