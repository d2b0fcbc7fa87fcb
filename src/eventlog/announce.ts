import type { Knex } from "knex";

import { rowsOf } from "./tables.ts";

/** A channel's new version, as processes tell it each other. */
export interface Notice {
  name: string;
  version: number;
}

/** Of the database's LISTEN and NOTIFY; with the schema, so that two Tallies may share a database. 63 bytes at most. */
export function noticeChannel(schema: string): string {
  return `${schema}_versions`;
}

/**
 * Says to every process that a channel has a new version. They hear it when the transaction is committed, in the order of
 * the commits, and never if it isn't.
 */
export async function announce(trx: Knex.Transaction, schema: string, { name, version }: Notice): Promise<void> {
  await rowsOf(trx, "select pg_notify(:channel, :payload)", {
    channel: noticeChannel(schema),
    payload: `${version} ${name}`,
  });
}

/** @returns null if it is something else */
export function toNotice(payload: string): Notice | null {
  const [, version, name] = /^(\d+) (.+)$/s.exec(payload) ?? [];
  return version === undefined || name === undefined ? null : { name, version: Number(version) };
}
