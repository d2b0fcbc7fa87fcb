import { timingSafeEqual } from "node:crypto";

import type { ApiKeyRow } from "../../db/index.ts";
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

/** The keys of the database. They are looked up for every request, so that a revocation holds at once in every process. */
export interface ApiKeys {
  /**
   * Who has a key, and its prefix.
   *
   * @throws {CredentialRefused} if nobody has, or not any more
   */
  identify: (given: string) => Promise<{ principal: Principal; prefix: string }>;
  /**
   * Who has the key with this prefix, which somebody has shown before.
   *
   * @throws {CredentialRefused} if nobody has any more
   */
  ofPrefix: (prefix: string) => Promise<Principal>;
}

export function createApiKeys({ log, ...tables }: ApiKeysDeps): ApiKeys {
  /** By the key's id, when its use was last noted (ms). */
  const noted = new Map<number, number>();

  /** Nobody waits for it, and nothing fails with it. */
  function noteUse(id: number): void {
    const now = Date.now();
    if (now - (noted.get(id) ?? 0) < useMs) return;
    noted.set(id, now);
    noteKeyUse(tables, id).catch((error: unknown) => log.warn({ err: error, key: id }, "api.key_use_not_noted"));
  }

  function principalOf(key: ApiKeyRow): Principal {
    if (key.revoked_at !== null) throw new CredentialRefused(`revoked key ${key.prefix}`);
    noteUse(key.id);
    const { id: keyId, scope } = key;
    return { name: `${key.name} (${key.prefix})`, scope, reach: { kind: "all" }, expiresAt: null, keyId };
  }

  return {
    async identify(given) {
      const parts = readKey(given);
      if (parts === null) throw new CredentialRefused("no key");
      const { prefix, secretHash } = parts;
      const key = await findKey(tables, { prefix });
      if (key === undefined || !timingSafeEqual(key.secret_hash, secretHash)) {
        throw new CredentialRefused("unknown key");
      }
      return { principal: principalOf(key), prefix };
    },
    async ofPrefix(prefix) {
      const key = await findKey(tables, { prefix });
      if (key === undefined) throw new CredentialRefused("unknown key");
      return principalOf(key);
    },
  };
}
