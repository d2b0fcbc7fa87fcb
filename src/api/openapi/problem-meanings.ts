import type { ProblemCode } from "../problem.ts";

/** What each code tells whoever gets it; its `detail` tells the case. */
export const problemMeanings: Readonly<Record<ProblemCode, string>> = {
  invalid_request: "A part of the request doesn't fit; `errors` names every one.",
  invalid_json: "The body is not JSON.",
  invalid_body: "The body broke off, or is not encoded as announced.",
  invalid_path: "The path has a broken percent-encoding.",
  unauthenticated: "No key or token came, or one that is none.",
  token_expired: "The token is too old: have another made, and send that.",
  forbidden: "The key is known, and may not do this.",
  stage_token_invalid: "The stage's address is none of Tally's.",
  stage_token_expired: "The stage's address is too old.",
  stage_token_superseded: "Another attempt has taken this one's place.",
  stage_session_ended: "The broadcast that this stage was for is over.",
  not_found: "Nothing has this address.",
  channel_unknown: "There is no such channel, or none of the caller's.",
  session_unknown: "There is no such session, or none of the caller's.",
  method_not_allowed: "The address has other methods; `Allow` names them.",
  channel_id_taken: "Another channel has this id.",
  channel_id_mismatch: "The channel has another id, and an id stays.",
  stage_in_use: "Another browser has this stage open.",
  too_large: "The body has more than 100 kB.",
  unsupported_media_type: "The body is not announced as JSON, or is encoded in an unknown way.",
  too_many_failures: "Too many wrong keys came from this address; `Retry-After` says how long to wait.",
  too_many_streams: "As many streams are open as this process may have; `Retry-After` says when to try again.",
  internal_error: "Something broke in Tally; `requestId` finds it in its log.",
  unavailable: "The database can't be reached; `Retry-After` says when to try again.",
};
