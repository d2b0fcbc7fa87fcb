import type { Tables } from "../eventlog/index.ts";
import { testBody } from "./body.ts";
import { insertNotifications, type NewNotification } from "./record.ts";
import { testType } from "./types.ts";

/**
 * Writes a notification for one endpoint that says nothing but that it works.
 *
 * @returns its id; null if the endpoint is disabled, or there is none
 */
export async function sendTest({ knex, schema }: Tables, endpointId: string): Promise<string | null> {
  const body = testBody(endpointId, Date.now());
  const about = { channelId: null, session: null, links: null, eventId: null };
  const notification: NewNotification = { ...about, type: testType, body };
  return knex.transaction(async (trx) => {
    const { ids, deliveries } = await insertNotifications(trx, schema, [notification], endpointId);
    return deliveries === 0 ? null : (ids[0] ?? null);
  });
}
