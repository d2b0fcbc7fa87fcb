import type { JwtConfig } from "../../config/index.ts";
import { createFailedKeys } from "../failed-keys.ts";
import type { Principal } from "../principal.ts";
import { Problem } from "../problem.ts";
import { toProblem } from "../to-problem.ts";
import { type ApiKeysDeps, createApiKeys } from "./api-keys.ts";
import { CredentialRefused } from "./credential-refused.ts";
import { createOperatorsKey } from "./operators-key.ts";
import { createSellerTokens } from "./seller-tokens.ts";
import { createStatusTokens, type StatusTokens } from "./status-tokens.ts";
import { typeOf } from "./token-type.ts";

/** What a request shows. */
export interface Credentials {
  /** The header `Authorization`, as Node reads it. */
  authorization: string | undefined;
  /** The parameter `token` of the address, as it was read: a list if it came twice. Heeded where there is no header. */
  token: unknown;
  /** Of the client; undefined if it is gone already. */
  address: string | undefined;
}

/** Finds out who calls. */
export interface Authentication {
  /**
   * Who shows these credentials. A wrong one counts for the address it comes from, and too many are answered 429; a
   * request without any guesses nothing and doesn't count, nor does a token that was good and has ended. The right one
   * always passes: an app's server must not be locked out by whoever shares its address.
   *
   * @throws {Problem} `unauthenticated`, `token_expired`, `too_many_failures`, or `unavailable` if nobody can say
   */
  identify: (credentials: Credentials) => Promise<Principal>;
  /** With which the API gives tokens out. */
  statusTokens: Pick<StatusTokens, "sign">;
}

export interface AuthenticationSettings {
  /** The operators'. */
  apiKey: string;
  appCertificate: string;
  /** Whose JWTs are taken from sellers; null: nobody's. */
  jwt: JwtConfig | null;
  /** Wrong keys from one address in a minute, before they are answered 429. */
  failedKeysMost?: number | undefined;
}

/** @throws if the operators' key is blank */
export function createAuthentication(
  { apiKey, appCertificate, jwt, failedKeysMost }: AuthenticationSettings,
  deps: ApiKeysDeps,
): Authentication {
  const operatorsKey = createOperatorsKey(apiKey);
  const apiKeys = createApiKeys(deps);
  const statusTokens = createStatusTokens(appCertificate);
  const sellerTokens = jwt === null ? null : createSellerTokens(jwt);
  const failedKeys = createFailedKeys({ most: failedKeysMost, log: deps.log });

  /** A key in an address would be in every log on its way, so only tokens are taken from there. */
  async function principalOf({ authorization, token }: Credentials): Promise<Principal> {
    if (authorization === undefined) {
      return { ...(await ofToken(typeof token === "string" ? token : "")), isByAddress: true };
    }
    const [, given] = /^bearer +([^ ]+) *$/i.exec(authorization) ?? [];
    if (given === undefined) throw new CredentialRefused("no bearer");
    return operatorsKey(given) ?? (given.includes(".") ? ofToken(given) : apiKeys(given));
  }

  async function ofToken(given: string): Promise<Principal> {
    if (statusTokens.claims(given)) return statusTokens.verify(given);
    if (sellerTokens !== null && typeOf(given) !== null) return sellerTokens(given);
    throw new CredentialRefused("no token");
  }

  async function refuse({ address }: Credentials, why: string): Promise<Problem> {
    const waitSeconds = await failedKeys.count(address);
    if (waitSeconds === 0) return unauthenticated(why);
    return new Problem(
      "too_many_failures",
      "Too many wrong keys came from your address: wait, and send the right one.",
      { headers: { "retry-after": String(waitSeconds) }, why },
    );
  }

  return {
    statusTokens,
    async identify(credentials) {
      if (credentials.authorization === undefined && credentials.token === undefined) throw unauthenticated();
      try {
        return await principalOf(credentials);
      } catch (error) {
        throw error instanceof CredentialRefused ? await refuse(credentials, error.message) : toProblem(error);
      }
    },
  };
}

/** The same answer for no key and a wrong one: a guess learns nothing. */
function unauthenticated(why?: string): Problem {
  return new Problem("unauthenticated", "Send your key in the header Authorization: Bearer KEY.", {
    headers: { "www-authenticate": "Bearer" },
    why,
  });
}
