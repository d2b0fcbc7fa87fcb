import { type EventStatus, type FoldableEvent, storableText } from "../eventlog/index.ts";
import { type ChannelState, evolve, type LiveEvent, type Policy } from "../live/index.ts";
import { createRedactor } from "../redaction/index.ts";
import type { Interpretation } from "../webhooks/index.ts";

/** What folding depends on beside the events. */
export interface FoldRules {
  policy: Policy;
  /** What a stored webhook means. */
  interpret: (webhook: StoredWebhook) => Interpretation;
}

/** What of an event tells its meaning. */
export type StoredWebhook = Pick<FoldableEvent, "source" | "type" | "payload" | "raw">;

export interface FoldedEvent extends Pick<FoldableEvent, "source" | "type"> {
  id: number;
  /** When it was received, ms. */
  at: number;
  status: Exclude<EventStatus, "pending">;
  note: string | null;
  /** Whether it reached the state at all; what was folded is folded again by a rebuild, even if it taught nothing. */
  folded: boolean;
  /** Null if it means nothing to a channel. */
  event: LiveEvent | null;
  /** The state with it; the same state if it was not folded. */
  after: ChannelState;
}

/**
 * Interprets an event of the log and folds it. Never throws: an event that breaks our code is `failed`, leaves the state
 * as it was, and its channel goes on without it.
 */
export function foldStored(state: ChannelState, stored: FoldableEvent, rules: FoldRules): FoldedEvent {
  const at = stored.receivedAt.getTime();
  const { id, source, type } = stored;
  const unfolded = { id, source, type, at, folded: false, event: null, after: state };
  try {
    const meaning = meaningOf(stored, rules);
    if (meaning.kind !== "event") return { ...unfolded, status: meaning.kind, note: meaning.note };
    const { event } = meaning;
    const { state: after, taught, note } = evolve(state, { at, event }, rules.policy);
    return { id, source, type, at, status: taught ? "applied" : "ignored", note, folded: true, event, after };
  } catch (error) {
    const words = redactor.text(`our code failed: ${String(error)}`).slice(0, 500);
    return { ...unfolded, status: "failed", note: storableText(words) };
  }
}

/** What is stored holds no secret; but an error may speak of more than it was given. */
const redactor = createRedactor();

/** Our own events are stored as they are; only a provider's need interpreting. */
function meaningOf(
  stored: FoldableEvent,
  { interpret }: FoldRules,
): { kind: "event"; event: LiveEvent } | Exclude<Interpretation, { kind: "event" }> {
  const { source, payload, raw } = stored;
  if (source === "agora" || source === "cloudflare") return interpret(stored);
  return { kind: "event", event: (raw === null ? payload : JSON.parse(raw)) as LiveEvent };
}
