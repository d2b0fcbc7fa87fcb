import { completeSpan, readMetrics, SpanRefused } from "../../metrics/index.ts";
import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { type MetricsAnswer, metricsQuery } from "../metrics-schemas.ts";
import { invalidRequest, readInput } from "../read-input.ts";
import { readChannel } from "./read-channel.ts";

/** How many watched a channel, step by step. A step in which nothing was sampled is none. */
export async function getMetrics(api: Api, call: Call): Promise<Answer> {
  const { step, ...ends } = readInput(metricsQuery, call.query);
  const channel = await readChannel(api, call);
  const span = await completeSpan(api, channel.id, { ...ends, stepSeconds: step ?? undefined }).catch(refuse);
  const points = await readMetrics(api, channel.id, span);
  const body: MetricsAnswer = {
    channel: channel.name,
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    step: span.stepSeconds,
    items: points.map((point) => ({ ...point, at: point.at.toISOString() })),
  };
  return { status: 200, body };
}

function refuse(error: unknown): never {
  if (!(error instanceof SpanRefused)) throw error;
  throw invalidRequest([{ path: error.member, message: error.message }]);
}
