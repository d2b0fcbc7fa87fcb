import { timingSafeEqual } from "node:crypto";

import type { Tables } from "../../eventlog/index.ts";
import { findKey, noteKeyUse, readKey } from "../../keys/index.ts";
import type { Logger } from "../../log.ts";
import type { Principal } from "../principal.ts";
import { CredentialRefused } from "./credential-refused.ts";

export interface ApiKeysDeps extends Tables {
  log: Logger;
}

/** How often one process says that a key is in use. */
const useMs = 60_000;

/**
 * The keys of the database. They are looked up for every request, so that a revocation holds at once in every process.
 *
 * @returns who has a key; it throws {CredentialRefused} if nobody has, or not any more, and what the database throws
 */
export function createApiKeys({ log, ...tables }: ApiKeysDeps): (given: string) => Promise<Principal> {
  /** By the key's id, when its use was last noted (ms). */
  const noted = new Map<number, number>();

  /** Nobody waits for it, and nothing fails with it. */
  function noteUse(id: number): void {
    const now = Date.now();
    if (now - (noted.get(id) ?? 0) < useMs) return;
    noted.set(id, now);
    noteKeyUse(tables, id).catch((error: unknown) => log.warn({ err: error, key: id }, "api.key_use_not_noted"));
  }

  return async (given) => {
    const parts = readKey(given);
    if (parts === null) throw new CredentialRefused("no key");
    const key = await findKey(tables, { prefix: parts.prefix });
    if (key === undefined || !timingSafeEqual(key.secret_hash, parts.secretHash)) {
      throw new CredentialRefused("unknown key");
    }
    if (key.revoked_at !== null) throw new CredentialRefused(`revoked key ${key.prefix}`);
    noteUse(key.id);
    return { name: `${key.name} (${key.prefix})`, scope: key.scope, reach: { kind: "all" }, expiresAt: null };
  };
}
