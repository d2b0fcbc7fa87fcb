import type { Knex } from "knex";

import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { AnnouncementType } from "../live/index.ts";
import { newId } from "./ids.ts";
import { newSecret, type Vault } from "./vault.ts";

/** An address of the app's that is told. */
export interface Endpoint {
  id: string;
  url: string;
  /** Null: all. */
  events: AnnouncementType[] | null;
  description: string | null;
  enabled: boolean;
  disabledAt: Date | null;
  disabledReason: string | null;
  /** Since the first failure after the last success; null: the last attempt was one, or there was none. */
  failingSince: Date | null;
  lastDeliveredAt: Date | null;
  /** Until when the secret before the last rotation signs too. */
  previousSecretUntil: Date | null;
  createdAt: Date;
  updatedAt: Date;
  /** What keeps it from being sent to, in words; null: nothing that we know of. */
  problem: string | null;
}

/** What a person decides about one. What isn't named stays as it is. */
export interface EndpointChange {
  /** As `checkEndpointUrl` has it. */
  url?: string | undefined;
  events?: AnnouncementType[] | null | undefined;
  description?: string | null | undefined;
  enabled?: boolean | undefined;
}

/** One with a secret that was just made: it is shown this once. */
export interface WithSecret {
  endpoint: Endpoint;
  secret: string;
}

/** How long the secret before a rotation signs beside the new one. */
const rotationHours = 24;

export async function createEndpoint(
  tables: Tables,
  vault: Vault,
  { url, events = null, description = null, enabled = true }: EndpointChange & { url: string },
): Promise<WithSecret> {
  const id = newId("ep");
  const secret = newSecret();
  const sealed = vault.seal(id, secret);
  const [row] = await rowsOf<StoredEndpoint>(
    tables.knex,
    `insert into ${table(tables.schema, "notification_endpoints")} as e
       (id, url, events, description, secret, enabled, disabled_at, disabled_reason)
     values (:id, :url, :events::text[], :description, :sealed, :enabled, ${disabledNow}, ${disabledReason})
     returning ${columns}`,
    { id, url, events, description, sealed, enabled, byHand },
  );
  return { endpoint: toEndpoint(present(row), vault), secret };
}

/** All of them, the oldest first. */
export async function listEndpoints({ knex, schema }: Tables, vault: Vault): Promise<Endpoint[]> {
  const rows = await rowsOf<StoredEndpoint>(
    knex,
    `select ${columns} from ${table(schema, "notification_endpoints")} e order by created_at, id`,
  );
  return rows.map((row) => toEndpoint(row, vault));
}

/** @returns null if there is none */
export async function findEndpoint({ knex, schema }: Tables, vault: Vault, id: string): Promise<Endpoint | null> {
  const [row] = await rowsOf<StoredEndpoint>(
    knex,
    `select ${columns} from ${table(schema, "notification_endpoints")} e where id = :id`,
    { id },
  );
  return row === undefined ? null : toEndpoint(row, vault);
}

/**
 * Changes one. Disabled, it gets nothing new, and what waits for it goes on waiting; enabled again, that is due at once
 * and has its full time.
 *
 * @returns null if there is none
 */
export async function changeEndpoint(
  { knex, schema }: Tables,
  vault: Vault,
  id: string,
  change: EndpointChange,
): Promise<Endpoint | null> {
  const endpoints = table(schema, "notification_endpoints");
  return knex.transaction(async (trx) => {
    const [before] = await rowsOf<StoredEndpoint>(
      trx,
      `select ${columns} from ${endpoints} e where id = :id for update`,
      {
        id,
      },
    );
    if (before === undefined) return null;
    const {
      url = before.url,
      events = before.events,
      description = before.description,
      enabled = before.enabled,
    } = change;
    const [row] = await rowsOf<StoredEndpoint>(
      trx,
      `update ${endpoints} e
       set url = :url, events = :events::text[], description = :description, enabled = :enabled,
         disabled_at = case when :isNew then ${disabledNow} else disabled_at end,
         disabled_reason = case when :isNew then ${disabledReason} else disabled_reason end,
         failing_since = case when :isNew then null else failing_since end, updated_at = clock_timestamp()
       where id = :id returning ${columns}`,
      { id, url, events, description, enabled, isNew: enabled !== before.enabled, byHand },
    );
    if (enabled && !before.enabled) await makeDue(trx, schema, id);
    return toEndpoint(present(row), vault);
  });
}

async function makeDue(trx: Knex.Transaction, schema: string, endpointId: string): Promise<void> {
  await trx.raw(
    `update ${table(schema, "notification_deliveries")}
     set attempts = 0, since = clock_timestamp(), next_at = clock_timestamp()
     where endpoint_id = :endpointId and status = 'pending'`,
    { endpointId },
  );
}

/** @returns whether there was one; its deliveries go with it */
export async function deleteEndpoint({ knex, schema }: Tables, id: string): Promise<boolean> {
  const rows = await rowsOf(
    knex,
    `delete from ${table(schema, "notification_endpoints")} where id = :id returning id`,
    { id },
  );
  return rows.length > 0;
}

/**
 * Gives one a new secret. The one before signs beside it for a day, so that the receiver can change over; one that
 * can't be read any more is gone.
 *
 * @returns null if there is none
 */
export async function rotateSecret({ knex, schema }: Tables, vault: Vault, id: string): Promise<WithSecret | null> {
  const endpoints = table(schema, "notification_endpoints");
  const secret = newSecret();
  return knex.transaction(async (trx) => {
    const [before] = await rowsOf<{ secret: string }>(
      trx,
      `select secret from ${endpoints} where id = :id for update`,
      { id },
    );
    if (before === undefined) return null;
    const previous = vault.open(id, before.secret) === null ? null : before.secret;
    const [row] = await rowsOf<StoredEndpoint>(
      trx,
      `update ${endpoints} e set secret = :sealed, previous_secret = :previous, updated_at = clock_timestamp(),
         previous_until = case when :previous::text is not null
           then clock_timestamp() + make_interval(hours => ${rotationHours}) end
       where id = :id returning ${columns}`,
      { id, sealed: vault.seal(id, secret), previous },
    );
    return { endpoint: toEndpoint(present(row), vault), secret };
  });
}

interface StoredEndpoint extends Omit<Endpoint, "problem"> {
  secret: string;
}

const columns = `e.id, e.url, e.events, e.description, e.enabled, e.disabled_at as "disabledAt",
  e.disabled_reason as "disabledReason", e.failing_since as "failingSince", e.last_delivered_at as "lastDeliveredAt",
  case when e.previous_until > clock_timestamp() then e.previous_until end as "previousSecretUntil",
  e.created_at as "createdAt", e.updated_at as "updatedAt", e.secret`;

const disabledNow = "case when not :enabled then clock_timestamp() end";
const disabledReason = "case when not :enabled then :byHand end";
const byHand = "switched off by hand";

/** What can't be signed waits. */
export const unreadable =
  "its secret can't be read, since AGORA_APP_CERTIFICATE changed: nothing is sent until the secret is rotated";

function toEndpoint({ secret, ...row }: StoredEndpoint, vault: Vault): Endpoint {
  return { ...row, problem: vault.open(row.id, secret) === null ? unreadable : null };
}

function present<T>(row: T | undefined): T {
  if (row === undefined) throw new Error("A statement that returns a row has returned none");
  return row;
}
