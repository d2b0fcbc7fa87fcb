/** What must not be told of a URL: RTMP URLs and those of the page both carry their secret in the last segment. */
export function urlSecret(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}
