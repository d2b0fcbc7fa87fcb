import { describe, expect, test } from "vitest";

import type { LiveEvent } from "../../src/live/index.ts";
import { rebuild, Story } from "./story.ts";
import { agoraError } from "./words.ts";

const minute = 60;
const expired: LiveEvent = { type: "VideoExpired", session: 1, video: "video-a" };
const deletion = (round: number) => ({
  type: "DeleteVideo",
  key: `42:video:video-a:delete:${round}`,
  session: 1,
  video: "video-a",
  round,
});

function refused(round: number, retryAfterMs: number | null = null): LiveEvent {
  const error = agoraError(403, 10_000, "no leave", "delete_video");
  return { type: "VideoDeletionFailed", session: 1, video: "video-a", round, retryAfterMs, error };
}

describe("a video that is too old", () => {
  test("is deleted once, and remembered no longer", () => {
    const story = new Story().hears(expired);
    expect(story.wantedEffects()).toEqual([deletion(1)]);
    story.hears({ type: "VideoDeleted", session: 1, video: "video-a", round: 1 });
    expect(story.state.deletions).toBeUndefined();
    expect(story.passes(24 * 60 * minute).wanted()).toEqual([]);
    expect(rebuild(story.log)).toEqual(story.state);
  });

  test("is tried again ever later when it is refused, and after half a day left to a person", () => {
    const story = new Story().hears(expired);
    for (const [i, minutes] of [1, 5, 30, 120, 480].entries()) {
      story.wanted();
      story.hears(refused(i + 1));
      expect(story.passes(minutes * minute - 1).wanted()).toEqual([]);
      expect(story.passes(1).wantedEffects()).toEqual([deletion(i + 2)]);
    }
    story.hears(refused(6));
    expect(story.decisions().at(-1)).toBe("VideoDeletionDied");
    expect(story.passes(7 * 24 * 60 * minute).wanted()).toEqual([]);
    story.hears({ type: "VideoDeletionRetried", video: "video-a" });
    expect(story.wantedEffects()).toEqual([deletion(7)]);
  });

  test("waits for as long as the provider asks", () => {
    const story = new Story().hears(expired, refused(1));
    expect(story.notes.at(-2)).toBe("another try was made since");
    story.hears(refused(1, 600_000));
    story.wanted();
    expect(story.passes(599).wanted()).toEqual([]);
    expect(story.passes(1).wanted()).toEqual(["DeleteVideo"]);
  });

  test("is deleted by one effect at a time, and by another if nothing comes of it for an hour", () => {
    const story = new Story().hears(expired).hears(expired);
    expect(story.wantedEffects()).toEqual([deletion(1)]);
    expect(story.passes(60 * minute - 1).wanted()).toEqual([]);
    expect(story.passes(1).wantedEffects()).toEqual([deletion(2)]);
  });
});
