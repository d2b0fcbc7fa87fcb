import type { StoryEvent } from "./story.ts";
import { lasting } from "./words/phrases.ts";

/** What an event's note tells of notices that were not heard before it. */
export interface Gap {
  /** Whether something is still not heard, by all that is known now. */
  isOpen: boolean;
  /** For people. */
  words: string;
}

/**
 * Whether what an event found missing before it came after all: notices overtake each other, and one that is a moment late
 * is not lost.
 *
 * @param coming - what was received after it, in order
 * @returns null if its note tells of no gap
 */
export function gapBefore({ event, note, receivedAt }: StoryEvent, coming: readonly StoryEvent[]): Gap | null {
  const missing = missingBy(note);
  if (missing === null) return null;
  const counter = counterOf(event);
  const late = coming.filter((other) => counter !== null && counterOf(other.event) === counter);
  const left = new Set(missing);
  let filledAt = receivedAt;
  for (const other of late) {
    const found = foundBy(other.note);
    if (found !== null && left.delete(found)) filledAt = other.receivedAt;
  }
  if (left.size === 0) {
    const after = `came after it, ${lasting(filledAt - receivedAt)} later`;
    return { isOpen: false, words: `${inWords(missing)} ${after}` };
  }
  return { isOpen: true, words: `a notice before it is lost or late: ${inWords([...left])} not seen` };
}

/** More than that are told as a range: nobody waits for each of them. */
const singleMost = 100;

/** As the folds note it: `sequence 3-5 not seen`, `the leave before it was not seen`. */
function missingBy(note: string | null): string[] | null {
  const counted = /(?:^|; )sequence (\d+)(?:-(\d+))? not seen$/.exec(note ?? "");
  if (counted !== null) {
    const [first, last] = [Number(counted[1]), Number(counted[2] ?? counted[1])];
    if (last - first >= singleMost) return [`${first}-${last}`];
    return Array.from({ length: last - first + 1 }, (_, i) => String(first + i));
  }
  const told = /(?:^|; )the (join|leave) before it was not seen$/.exec(note ?? "");
  return told === null ? null : [told[1] ?? ""];
}

/** As the folds note what comes late: `sequence 3 was not seen until now`, `it is the leave that was not seen`. */
function foundBy(note: string | null): string | null {
  const found = /(?:^|; )(?:sequence (\d+) was not seen until now|it is the (join|leave) that was not seen)$/.exec(
    note ?? "",
  );
  return found === null ? null : (found[1] ?? found[2] ?? null);
}

/** Whose notices are counted together: those of one recorder at one place, or of one user. */
function counterOf(event: StoryEvent["event"]): string | null {
  if (event === null) return null;
  if ("recordingSid" in event && "uid" in event) return `recording ${event.recordingSid} ${event.uid}`;
  return "uid" in event && "seq" in event ? `user ${event.uid}` : null;
}

function inWords(missing: readonly string[]): string {
  const [first = ""] = missing;
  return first === "join" || first === "leave" ? `the ${first}` : `sequence ${missing.join(", ")}`;
}
