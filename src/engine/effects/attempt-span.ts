import type { Span, Traces } from "../../traces/index.ts";
import type { ChannelRow } from "../channel-row.ts";
import { performTask } from "../enqueue.ts";
import type { EffectRow } from "./effect-row.ts";

/**
 * The span of one attempt at an effect: a part of what decided it, in whichever process that was.
 *
 * @param startedAt - by the monotonic clock (ms)
 */
export function beginAttemptSpan(
  traces: Traces,
  { id, effect, attempts, trace }: EffectRow,
  channel: Pick<ChannelRow, "id" | "name">,
  startedAt: number,
): Span {
  return traces.begin(`attempt ${effect.type}`, trace, {
    kind: "consumer",
    startedAt,
    attributes: {
      "messaging.system.name": "graphile-worker",
      "messaging.destination.name": performTask,
      "messaging.operation.type": "process",
      "messaging.operation.name": "attempt",
      "tally.channel_id": channel.id,
      "tally.channel": channel.name,
      "tally.effect_id": id,
      "tally.effect_type": effect.type,
      "tally.attempt": attempts,
    },
  });
}
