/**
 * Names under which secrets go: of fields in log lines, of members in JSON, of headers. Headers come in lower case, and
 * stored bodies are compared without case.
 */
export const secretNames: readonly string[] = [
  "authorization",
  "cf-webhook-auth",
  "cookie",
  "password",
  "passphrase",
  "secret",
  "token",
  "stsToken",
  "apiKey",
  "apiToken",
  "accessKey",
  "secretKey",
  "streamKey",
  "customerSecret",
  "appCertificate",
  "connectionString",
];

/** That there is a secret, or none, is not one. */
export function censor(value: unknown): unknown {
  return value == null || typeof value === "boolean" ? value : redacted;
}

export const redacted = "[redacted]";
