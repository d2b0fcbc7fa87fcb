import { type Delivery, listDeliveries } from "../../notifications/index.ts";
import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { pageOf } from "../page.ts";
import { readInput } from "../read-input.ts";
import { readEndpoint } from "./endpoints.ts";
import { type DeliveryAnswer, deliveryListQuery } from "./schemas.ts";

/** An endpoint's deliveries with their attempts, newest first. */
export async function getDeliveries(api: Api, call: Call): Promise<Answer> {
  const { status, after, limit } = readInput(deliveryListQuery, call.query);
  const { id } = await readEndpoint(api, call);
  const found = await listDeliveries(api, { endpoint: id, status, before: after, limit: limit + 1 });
  const { items, next } = pageOf(found, limit, ({ number }) => number);
  return { status: 200, body: { items: items.map(toDeliveryAnswer), next } };
}

function toDeliveryAnswer(delivery: Delivery): DeliveryAnswer {
  const { notificationId, type, channel, status, createdAt, finishedAt, nextAt, attempts, attemptLog } = delivery;
  return {
    notificationId,
    type,
    channel,
    status,
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    nextAt: nextAt?.toISOString() ?? null,
    attemptCount: attempts,
    attempts: attemptLog,
  };
}
