import type { PendingEvent } from "../eventlog/index.ts";
import { noSpan, type Span, type TraceContext, type Traces } from "../traces/index.ts";
import type { ChannelRow } from "./channel-row.ts";
import type { FoldedEvent } from "./fold-stored.ts";

/** What one advance is about. */
interface Advanced {
  channel: ChannelRow;
  events: readonly PendingEvent[];
  /** What became of them, in the same order. */
  folded: readonly Pick<FoldedEvent, "status">[];
  hasDecided: boolean;
  /** By the monotonic clock (ms). */
  startedAt: number;
}

/**
 * The span of an advance: a part of the trace that the first of its events came of, in whichever process that was, and
 * linked to those of the others. The first that taught the channel something, if one did: Agora tells of a new channel
 * just before its host, and it is the host that a start comes of. Where no event came, its time did: that begins a trace,
 * linked to the advance which set the time. An advance that finds nothing to do has no span.
 */
export function beginAdvanceSpan(traces: Traces, { channel, events, folded, hasDecided, startedAt }: Advanced): Span {
  if (events.length === 0 && !hasDecided) return noSpan;
  const pending = events.flatMap(({ id, status, trace }, i) =>
    status === "pending" ? [{ id, trace, taught: folded[i]?.status === "applied" }] : [],
  );
  const causes = [...pending.filter(({ taught }) => taught), ...pending].flatMap(({ trace }) => trace ?? []);
  const [parent = null, ...others] = distinct(causes);
  return traces.begin("advance channel", parent, {
    kind: parent === null ? "internal" : "consumer",
    startedAt,
    links: pending.length === 0 && channel.trace !== null ? [channel.trace] : others,
    attributes: {
      "tally.channel_id": channel.id,
      "tally.channel": channel.name,
      "tally.event_ids": pending.map(({ id }) => id),
    },
  });
}

function distinct(contexts: TraceContext[]): TraceContext[] {
  return [...new Map(contexts.map((context) => [context.traceparent, context])).values()];
}
