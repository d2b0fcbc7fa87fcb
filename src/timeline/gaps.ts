import type { StoryEvent } from "./story.ts";
import { lasting } from "./words/phrases.ts";

/** What an event's note tells of notices that were not heard before it. */
export interface Gap {
  /** Whether something is still not heard, by all that is known now. */
  isOpen: boolean;
  /** The note for people. */
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
  if (note === null) return null;
  const found = missingBy(note);
  if (found === null) return null;
  const { missing, before } = found;
  const counter = counterOf(event);
  const left = new Set(missing);
  let filledAt = receivedAt;
  for (const other of coming) {
    if (counter === null || counterOf(other.event) !== counter) continue;
    if (left.delete(foundBy(other.note) ?? "")) filledAt = other.receivedAt;
  }
  if (left.size > 0) {
    return { isOpen: true, words: `${before}a notice before it is lost or late: ${inWords([...left])} not seen` };
  }
  const late = filledAt - receivedAt;
  const after = late < momentMs ? "a moment" : lasting(late);
  return { isOpen: false, words: `${before}${inWords(missing)} came ${after} after it` };
}

const momentMs = 1_000;
/** More than that are told as a range: nobody waits for each of them. */
const singleMost = 100;

/** As the folds note it: `sequence 3-5 not seen`, `the leave before it was not seen`; with what the note says before. */
function missingBy(note: string): { missing: string[]; before: string } | null {
  const counted = /(?<=^|; )sequence (\d+)(?:-(\d+))? not seen$/.exec(note);
  if (counted !== null) {
    const [first, last] = [Number(counted[1]), Number(counted[2] ?? counted[1])];
    const isLong = last - first >= singleMost;
    const each = isLong ? [`${first}-${last}`] : Array.from({ length: last - first + 1 }, (_, i) => `${first + i}`);
    return { missing: each, before: note.slice(0, counted.index) };
  }
  const told = /(?<=^|; )the (join|leave) before it was not seen$/.exec(note);
  return told === null ? null : { missing: [told[1] ?? ""], before: note.slice(0, told.index) };
}

/** As the folds note what comes late: `sequence 3 was not seen until now`, `it is the leave that was not seen`. */
function foundBy(note: string | null): string | null {
  const found = /(?<=^|; )(?:sequence (\d+) was not seen until now|it is the (join|leave) that was not seen)$/.exec(
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
