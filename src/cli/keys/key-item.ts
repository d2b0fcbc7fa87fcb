import type { ApiKey } from "../../keys/index.ts";

/** A key as commands show it. */
export interface KeyItem {
  id: number;
  name: string;
  scope: ApiKey["scope"];
  prefix: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

export function toKeyItem({ id, name, scope, prefix, ...times }: ApiKey): KeyItem {
  const { created_at: createdAt, last_used_at: lastUsedAt, revoked_at: revokedAt } = times;
  return { id, name, scope, prefix, createdAt, lastUsedAt, revokedAt };
}
