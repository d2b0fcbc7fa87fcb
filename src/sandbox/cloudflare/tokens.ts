import type { Call } from "../http/index.ts";
import type { Answer } from "../refused.ts";
import type { World } from "../world/index.ts";
import { ok, refusals } from "./envelope.ts";

/** Each kind of token is verified at its own door, and called invalid at the other. */
export function verifyToken({ settings }: World, { params }: Call): Answer {
  const asked = params.account === undefined ? "user" : "account";
  if (asked !== settings.account.tokenOwner) throw refusals.badToken();
  return ok({ id: "5a".repeat(16), status: "active" });
}
