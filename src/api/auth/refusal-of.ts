import { errors } from "jose";

import { Problem } from "../problem.ts";
import { CredentialRefused } from "./credential-refused.ts";

/**
 * What an error of jose's means: a token that was good and has ended, or one that never was. Its message and members
 * aren't kept, since they may quote the token.
 *
 * @param what - the kind of token, for the log
 * @returns what is to be thrown: the error itself, if it is about no token
 */
export function refusalOf(error: unknown, what: string): unknown {
  // Only after signature, issuer and audience were found right.
  if (error instanceof errors.JWTExpired) {
    return new Problem("token_expired", "This token has ended: get another.", {
      headers: { "www-authenticate": 'Bearer error="invalid_token"' },
    });
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new CredentialRefused(`${what}: ${error.claim} ${error.reason}`);
  }
  return error instanceof errors.JOSEError ? new CredentialRefused(`${what}: ${error.code}`) : error;
}
