import { Refused } from "../refused.ts";

/** What the delivery host refuses with: words, no envelope. */
export const refusals = {
  /** Seen of real manifests, for User-Agents that are no browser's. */
  notABrowser: () => refused(403, "error code: 1010"),
  /** Not documented further than that the plain id does not play (Cloudflare docs: securing-your-stream). */
  unsigned: () => refused(401, "this video needs a signed token in place of its id"),
  notFound: () => refused(404, "not found"),
  /** Cloudflare docs, dvr-for-live: an input that is not live. */
  notLive: () => new Refused({ status: 204 }),
};

function refused(status: number, words: string): Refused {
  return new Refused({ status, body: words, headers: { "content-type": "text/plain; charset=UTF-8" } });
}
