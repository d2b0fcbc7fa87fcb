import type { RecorderStorage } from "../state.ts";
import { overdueMs, type Rule } from "./deciding.ts";

/** Agora docs, `stsExpiration`: in a recording of more than an hour the keys are replaced every 60 minutes. */
const replaceMs = 60 * 60_000;
/** Before the end, for an answer that is lost and for clocks that differ: the end is by the clock of the storage. */
const leastMarginMs = 5 * 60_000;
const backoffMs = { first: 30_000, most: 5 * 60_000 };
/** Agora wants the answer to one update before the next (Agora docs: update), and a push elsewhere is one too. */
const apartMs = 30_000;

/**
 * A recorder that writes with keys that end gets others in time: what it can't upload goes to Agora's backup. As long as
 * it runs this is tried again, also when they have ended: it uploads to the last.
 */
export const renewStorage: Rule = ({ recorders, relay }, { due }) =>
  Object.entries(recorders).flatMap(([resourceId, { storage, state, recordingSid, missingAt, stop }]) => {
    if (storage === undefined || state !== "running" || recordingSid === null) return [];
    // One that moves is not found, and speaks when it is back; one that is to stop needs its keys for minutes only.
    if (missingAt !== null || stop !== null || !due(renewalAt(storage))) return [];
    const repointedAt = relay?.resourceId === resourceId ? relay.repointedAt : null;
    if (repointedAt !== null && !due(repointedAt + apartMs)) return [];
    return [{ type: "StorageRenewalRequested", resourceId, round: storage.round + 1 }];
  });

function renewalAt({ at, until, round, asked }: RecorderStorage): number {
  if (asked !== null && asked.failedAt === null) return asked.at + overdueMs;
  if (asked?.failedAt != null) {
    const backoff = Math.min(backoffMs.first * 2 ** (asked.failures - 1), backoffMs.most);
    return asked.failedAt + Math.max(backoff, asked.retryAfterMs ?? 0);
  }
  const margin = Math.max((until - at) / 4, leastMarginMs);
  const due = Math.min(at + replaceMs, until - margin);
  // A storage that gives none but short ones, or whose clock is behind, is not asked without a pause.
  return round === 0 ? due : Math.max(due, at + backoffMs.first);
}
