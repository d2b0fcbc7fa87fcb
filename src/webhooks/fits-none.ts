/**
 * That none of a setting's secrets is the right one, in words that are fixed for a number of them: `is not the secret in
 * NAME`, `is none of the 2 secrets in NAME`.
 *
 * @param verbs - of one secret and of several: `["is not", "is none of"]`
 */
export function fitsNone([one, several]: readonly [string, string], secrets: readonly string[], name: string): string {
  if (secrets.length === 0) return `can't be right: ${name} is not set`;
  if (secrets.length === 1) return `${one} the secret in ${name}`;
  return `${several} the ${secrets.length} secrets in ${name}`;
}
