import fc from "fast-check";
import { expect, it } from "vitest";

import { type SessionRow, Sessions } from "../../src/engine/sessions.ts";

const time = fc.constantFrom("2026-01-01", "2026-01-02", "2026-01-03");
const row = fc
  .record({
    number: fc.integer({ min: 1, max: 6 }),
    ingestConnectedAt: fc.option(time),
    // A video or a recording is of one session only, and stays with it.
    has: fc.boolean(),
  })
  .map(({ number, ingestConnectedAt, has }) => ({
    number,
    ingestConnectedAt,
    videos: has ? [{ video: `video ${number}` }] : [],
    recordingSids: has ? [`sid ${number}`] : [],
  }));

it("finds what going through all of them would find, however often they change", () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), fc.option(time), (rows, until) => {
      const sessions = new Sessions(rows as SessionRow[]);
      const known = [...new Map(rows.map((each) => [each.number, each])).values()];
      expect(sessions.all()).toEqual(known);
      const byTime = known
        .flatMap(({ number, ingestConnectedAt: at }) => (at === null ? [] : [{ number, at }]))
        .filter(({ at }) => until === null || at <= until)
        .sort((a, b) => a.at.localeCompare(b.at) || a.number - b.number);
      expect(sessions.lastBegunBy(until)?.number).toBe(byTime.at(-1)?.number);
      expect(sessions.newest?.number).toBe(known.map(({ number }) => number).sort((a, b) => b - a)[0]);
      for (const { number, videos, recordingSids } of known) {
        if (videos.length === 0) continue;
        expect(sessions.ofVideo(videos[0]?.video ?? "")?.number).toBe(number);
        expect(sessions.ofRecording(recordingSids[0] ?? "")?.number).toBe(number);
      }
      expect([sessions.ofVideo("another"), sessions.ofRecording("another")]).toEqual([undefined, undefined]);
    }),
  );
});
