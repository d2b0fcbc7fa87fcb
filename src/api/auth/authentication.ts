import type { JwtConfig } from "../../config/index.ts";
import { createFailedKeys } from "../failed-keys.ts";
import type { Principal } from "../principal.ts";
import { Problem } from "../problem.ts";
import { toProblem } from "../to-problem.ts";
import { type ApiKeysDeps, createApiKeys } from "./api-keys.ts";
import { createConsoleSessions } from "./console-sessions.ts";
import { CredentialRefused } from "./credential-refused.ts";
import { createOperatorsKey, operator } from "./operators-key.ts";
import { createSellerTokens } from "./seller-tokens.ts";
import { createStatusTokens, type StatusTokens } from "./status-tokens.ts";
import { typeOf } from "./token-type.ts";

/** What a request shows. */
export interface Credentials {
  /** The header `Authorization`, as Node reads it. */
  authorization: string | undefined;
  /** The parameter `token` of the address, as it was read: a list if it came twice. Heeded where there is no header. */
  token: unknown;
  /** Of the cookie of a browser that is signed in, if a page of ours has sent it. Heeded where there is neither. */
  session?: string | undefined;
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
  /**
   * Signs a browser in with a key. A wrong one counts like any other.
   *
   * @returns what it keeps in the key's place, and whom it stands for until it ends
   * @throws {Problem} `unauthenticated`, `too_many_failures`, or `unavailable`
   */
  signIn: (shown: { key: string; address: string | undefined }) => Promise<{ token: string; principal: Principal }>;
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
  const sessions = createConsoleSessions({ appCertificate, apiKey });
  const statusTokens = createStatusTokens(appCertificate);
  const sellerTokens = jwt === null ? null : createSellerTokens(jwt);
  const failedKeys = createFailedKeys({ most: failedKeysMost, log: deps.log });

  /** A key in an address would be in every log on its way, so only tokens are taken from there. */
  async function principalOf({ authorization, token, session }: Credentials): Promise<Principal> {
    if (authorization === undefined) {
      if (token === undefined && session !== undefined) return ofSession(session);
      return { ...(await ofToken(typeof token === "string" ? token : "")), isByAddress: true };
    }
    const [, given] = /^bearer +([^ ]+) *$/i.exec(authorization) ?? [];
    if (given === undefined) throw new CredentialRefused("no bearer");
    return operatorsKey(given) ?? (given.includes(".") ? ofToken(given) : (await apiKeys.identify(given)).principal);
  }

  /** Whose key it names is looked up again, so that it ends with the key. */
  async function ofSession(given: string): Promise<Principal> {
    const { owner, expiresAt } = await sessions.verify(given);
    const principal = owner === "operator" ? operator : await apiKeys.ofPrefix(owner.key);
    return { ...principal, expiresAt };
  }

  async function ofToken(given: string): Promise<Principal> {
    if (statusTokens.claims(given)) return statusTokens.verify(given);
    if (sellerTokens !== null && typeOf(given) !== null) return sellerTokens(given);
    throw new CredentialRefused("no token");
  }

  /** @throws {Problem} in place of whatever was thrown */
  async function fail(error: unknown, address: string | undefined): Promise<never> {
    throw error instanceof CredentialRefused ? await refuse(address, error.message) : toProblem(error);
  }

  async function refuse(address: string | undefined, why: string): Promise<Problem> {
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
      const { authorization, token, session, address } = credentials;
      if (authorization === undefined && token === undefined && session === undefined) throw unauthenticated();
      return principalOf(credentials).catch((error: unknown) => fail(error, address));
    },
    async signIn({ key, address }) {
      try {
        // A header's bytes are read as Latin-1.
        const isOperators = operatorsKey(Buffer.from(key).toString("latin1")) !== null;
        const found = isOperators ? null : await apiKeys.identify(key);
        const { token, expiresAt } = await sessions.sign(found === null ? "operator" : { key: found.prefix });
        return { token, principal: { ...(found?.principal ?? operator), expiresAt } };
      } catch (error) {
        return fail(error, address);
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
