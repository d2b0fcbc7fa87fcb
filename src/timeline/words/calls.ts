import type { StoredCall } from "../../journal/index.ts";
import { names } from "./phrases.ts";

/** What an answer came to, after the name of the call: by the outcomes that `providers/` gives. */
const endings: Readonly<Record<string, string>> = {
  done: "done",
  retry: "failed, to be tried again",
  reacquire: "failed: another resource is needed",
  adopt: "refused: a recorder of ours runs already",
  exists: "refused: a converter of this name exists",
  rename: "refused: another name is needed",
  capacity: "refused: the provider is full",
  final: "failed, not tried again",
  not_found: "found nothing: it is gone, or moves",
  already_stopped: "came too late: it has stopped already",
  playable: "done: viewers can watch",
  not_playable: "done: viewers can't watch",
  unknown: "failed: no answer to go by",
};

/**
 * A call and its end in a line: `Agora start failed, to be tried again (HTTP 500, code 65)`.
 *
 * @param isLost - its process was killed in it, as far as can be seen
 */
export function callTitle({ provider, operation, outcome, status, code, error }: StoredCall, isLost: boolean): string {
  const name = `${names(provider)} ${operation.replaceAll("_", " ")}`;
  if (outcome === null) return `${name} ${isLost ? "has no end: its process was killed in it" : "under way"}`;
  // One of another version is told by its own word.
  const ending = endings[outcome] ?? outcome.replaceAll("_", " ");
  if (error === null) return `${name} ${ending}`;
  const answer = status === null ? "no answer" : `HTTP ${status}${code === null ? "" : `, code ${code}`}`;
  return `${name} ${ending} (${answer})`;
}
