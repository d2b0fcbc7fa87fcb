import type { Response } from "express";

import { Problem } from "./problem.ts";

/** What somebody may do; each includes those before it. */
export const scopes = ["read", "operate", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** Who calls, and what of. */
export interface Principal {
  /** As the log names them. */
  name: string;
  scope: Scope;
  /** Which channels are there for them: for anybody else's, the answer is that of a channel that doesn't exist. */
  reach: Reach;
  /** When what they showed ends (ms, our clock); null if it doesn't. */
  expiresAt: number | null;
}

export type Reach =
  | { kind: "all" }
  /** One channel, by its name. */
  | { kind: "channel"; channel: string }
  /** A seller: the channels that are registered with this `hostUserId`. */
  | { kind: "seller"; hostUserId: string };

/** Whether a channel is there for them. */
export function reaches({ reach }: Principal, channel: { name: string; host_user_id: string | null }): boolean {
  switch (reach.kind) {
    case "all":
      return true;
    case "channel":
      return reach.channel === channel.name;
    case "seller":
      return reach.hostUserId === channel.host_user_id;
  }
}

/** @throws {Problem} `forbidden` if they may not do what needs this scope */
export function requireScope({ scope }: Principal, needed: Scope): void {
  if (scopes.indexOf(scope) >= scopes.indexOf(needed)) return;
  throw new Problem("forbidden", `This needs the scope ${needed}, and yours is ${scope}.`);
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
