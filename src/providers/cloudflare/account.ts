import { z } from "zod";

import type { CallOptions } from "../provider-call.ts";
import type { CloudflareAnswer, CloudflareTransport } from "./transport.ts";

export interface TokenState {
  /** Cloudflare's word: `active`, `disabled`, `expired`. */
  status: string;
  /** Whether it is the account's own, or a user's. */
  owner: "account" | "user";
  /** ISO 8601; null: it doesn't expire. */
  expiresOn: string | null;
}

export interface StreamStorage {
  usedMinutes: number;
  limitMinutes: number;
}

/** Questions about the account that change nothing and cost nothing. */
export interface CloudflareAccount {
  /** Whether Cloudflare knows the token. It doesn't say what the token may do. */
  verifyToken(options?: CallOptions): Promise<CloudflareAnswer<TokenState>>;
  /** How many live inputs there are: what a token needs Stream: Read for. */
  countLiveInputs(options?: CallOptions): Promise<CloudflareAnswer<number>>;
  /** Minutes of video: with none left no broadcast can begin (Cloudflare docs: stream/pricing). */
  storage(options?: CallOptions): Promise<CloudflareAnswer<StreamStorage>>;
}

export function createCloudflareAccount(transport: CloudflareTransport): CloudflareAccount {
  const verify = (owner: TokenState["owner"], options?: CallOptions) =>
    transport.call(
      {
        ...{ operation: "verify_token", method: "GET", expects: tokenSchema(owner), path: ["tokens", "verify"] },
        ...(owner === "account" ? { area: "account" } : { area: "api", path: ["user", "tokens", "verify"] }),
      },
      options,
    );
  return {
    /** Each door calls a token of the other kind invalid (code 1000, measured on a real account). */
    async verifyToken(options) {
      const asUsers = await verify("user", options);
      if (asUsers.ok || !asUsers.final) return asUsers;
      const asAccounts = await verify("account", options);
      return asAccounts.ok ? asAccounts : asUsers;
    },
    countLiveInputs: (options) =>
      transport.call(
        { operation: "list_live_inputs", method: "GET", path: ["live_inputs"], expects: countSchema },
        options,
      ),
    storage: (options) =>
      transport.call(
        { operation: "storage_usage", method: "GET", path: ["storage-usage"], expects: storageSchema },
        options,
      ),
  };
}

function tokenSchema(owner: TokenState["owner"]): z.ZodType<TokenState> {
  return z
    .object({ status: z.string(), expires_on: z.string().nullish() })
    .transform(({ status, expires_on }) => ({ status, owner, expiresOn: expires_on ?? null }));
}

/** A list, or an object with one. */
const countSchema: z.ZodType<number> = z
  .union([
    z.array(z.unknown()),
    z.object({ liveInputs: z.array(z.unknown()) }).transform((result) => result.liveInputs),
  ])
  .transform((inputs) => inputs.length);

const storageSchema: z.ZodType<StreamStorage> = z
  .object({ totalStorageMinutes: z.number(), totalStorageMinutesLimit: z.number() })
  .transform((result) => ({ usedMinutes: result.totalStorageMinutes, limitMinutes: result.totalStorageMinutesLimit }));
