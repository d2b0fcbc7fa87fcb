import type { Response } from "express";

import { type Scope, scopes } from "../keys/index.ts";

export { type Scope, scopes };

/** Who calls, and what of. */
export interface Principal {
  /** As the log names them. */
  name: string;
  scope: Scope;
  /** Which channels are there for them: for anybody else's, the answer is that of a channel that doesn't exist. */
  reach: Reach;
  /** When what they showed ends (ms, our clock); null if it doesn't. */
  expiresAt: number | null;
  /** Of the key that they showed, if it is one of the database: it may be revoked. */
  keyId?: number;
  /** What they showed was in the address, which not every route allows. */
  isByAddress?: true;
}

export type Reach =
  /** Whoever has a key. */
  | { kind: "all" }
  /** Of a status token: one channel, by its name. */
  | { kind: "channel"; channel: string }
  /** A seller: the channels that are registered with this `hostUserId`, and these. */
  | { kind: "seller"; hostUserId: string; channels: readonly string[] };

/** Whether a channel is there for them. */
export function reaches({ reach }: Principal, channel: { name: string; host_user_id: string | null }): boolean {
  switch (reach.kind) {
    case "all":
      return true;
    case "channel":
      return reach.channel === channel.name;
    case "seller":
      return reach.hostUserId === channel.host_user_id || reach.channels.includes(channel.name);
  }
}

/** `reaches` as a condition of SQL. */
export interface ReachCondition {
  sql: string;
  /** What its names stand for. */
  values: Record<string, string | readonly string[]>;
}

/** @param channels - how the statement calls the table of channels */
export function reachCondition({ reach }: Principal, channels: string): ReachCondition {
  switch (reach.kind) {
    case "all":
      return { sql: "true", values: {} };
    case "channel":
      return { sql: `${channels}.name = :reached`, values: { reached: reach.channel } };
    case "seller":
      return {
        sql: `(${channels}.host_user_id = :reachedHost or ${channels}.name = any(:reachedNames))`,
        values: { reachedHost: reach.hostUserId, reachedNames: reach.channels },
      };
  }
}

/** Keeps who calls with the request's answer, for those who handle it. */
export function setPrincipal(response: Response, principal: Principal): void {
  response.locals.principal = principal;
}

/** @throws if nobody was authenticated, which is a mistake of ours */
export function principalOf(response: Response): Principal {
  const principal = response.locals.principal as Principal | undefined;
  if (principal === undefined) throw new Error("This route is behind no authentication");
  return principal;
}
