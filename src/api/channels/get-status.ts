import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { answerOf, readChannel } from "./read-channel.ts";

/** The status, tagged with its version, and its links' edition if they are signed: whoever has it already is answered 304. */
export async function getStatus(api: Api, call: Call): Promise<Answer> {
  const { status, etag } = await answerOf(await readChannel(api, call), api);
  // Kept, but never used unasked.
  const validators = { etag, "cache-control": "no-cache" };
  if (isAmong(etag, call.headers["if-none-match"])) return { status: 304, headers: validators };
  return { status: 200, headers: validators, body: status };
}

/**
 * Whether `If-None-Match` names this tag, weakly compared as RFC 9110 has it. Not left to Express: it ignores the header
 * beside `Cache-Control: no-cache`, which fetch adds to every request that sets the header itself.
 */
function isAmong(etag: string, ifNoneMatch: string | undefined): boolean {
  const tags = (ifNoneMatch ?? "").split(",").map((tag) => tag.trim());
  return tags.some((tag) => tag === "*" || tag.replace(/^W\//, "") === etag);
}
