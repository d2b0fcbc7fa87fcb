/**
 * What was shown is nothing that we know, or not what it says. The message is for the log and has nothing of what was
 * shown; whoever showed it learns nothing.
 */
export class CredentialRefused extends Error {
  override name = "CredentialRefused";
}
