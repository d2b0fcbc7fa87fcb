import { describe, expect, test } from "vitest";

import { defaultPolicy, evolve, type PresenceDoubted } from "../../src/live/index.ts";
import { rebuild, Story, t0 } from "./story.ts";
import { agoraError, channelDestroyed, goesLive, hostJoined, hostLeft, hostUid, presenceChecked } from "./words.ts";

const doubted: PresenceDoubted = { type: "PresenceDoubted", why: "outage" };

/** The number of the question that was just asked. */
function asked(story: Story): number {
  const question = story.wantedEffects().find((effect) => effect.type === "CheckPresence");
  if (question?.type !== "CheckPresence") throw new Error("nobody was asked");
  return question.check;
}

describe("a clock of Agora's that was set back", () => {
  test("doesn't keep a host off the air whose join looks older than the channel's last end", () => {
    const story = goesLive(new Story())
      .hears(hostLeft(2, { after: 3600 }), channelDestroyed(3600))
      .passes(30);
    story.wanted();
    story.hears(hostJoined(3, { after: 60 }));
    expect(story.status.host.present).toBe(false);
    story.hears(presenceChecked(asked(story), [hostUid]));
    expect(story.status).toMatchObject({ state: "starting", host: { present: true } });
  });

  test("nor take her off it by an end of the channel that came up before", () => {
    const story = goesLive(new Story()).passes(60).hears(channelDestroyed(3600));
    story.hears(presenceChecked(asked(story), [hostUid]));
    expect(story.passes(60).wanted()).toEqual([]);
    expect(story.status.live).toBe(true);
  });
});

describe("presence in doubt", () => {
  test("is asked about once, though no session is open and nobody was ever here", () => {
    const story = new Story().hears(doubted);
    const check = asked(story);
    expect(story.passes(60).wanted()).toEqual([]);
    story.hears(presenceChecked(check, []));
    expect(story.passes(3600).wanted()).toEqual([]);
    expect(story.state.doubtedAt).toBeUndefined();
    expect(rebuild(story.log)).toEqual(story.state);
  });

  test("a host who joined while we were down gets her recording", () => {
    const story = new Story().hears(doubted);
    story.hears(presenceChecked(asked(story), [hostUid]));
    expect(story.status).toMatchObject({ state: "starting", host: { present: true } });
    expect(story.wanted()).toEqual(["EnsureLiveInput"]);
  });

  test("a host who left while we were down is stopped when the grace is over", () => {
    const story = goesLive(new Story()).passes(200).hears(doubted);
    story.hears(presenceChecked(asked(story), []));
    expect(story.passes(14).wanted()).toEqual([]);
    expect(story.passes(1).wanted()).toEqual(["StopRecorder"]);
  });

  test("a host who was here all along notices nothing", () => {
    const story = goesLive(new Story()).passes(200).hears(doubted);
    story.hears(presenceChecked(asked(story), [hostUid]));
    expect(story.passes(60).wanted()).toEqual([]);
    expect(story.status).toMatchObject({ live: true, sessionId: "42-1" });
  });

  test("our own clients in the channel are no hosts", () => {
    const story = new Story().hears(doubted);
    story.hears(presenceChecked(asked(story), [999_042, 2_000_000_042, 3_000_000_042]));
    expect(story.status.state).toBe("idle");
  });

  test("is asked about with checkups switched off too", () => {
    const story = goesLive(new Story({ checkupMs: 0 })).passes(4000);
    expect(story.wanted()).toEqual([]);
    expect(story.hears(doubted).wanted()).toEqual(["CheckPresence"]);
  });

  test("a failed question is asked again after 30 s, until there is an answer", () => {
    const story = new Story().hears(doubted);
    for (let round = 0; round < 3; round += 1) {
      const error = agoraError(503, 0, "unavailable", "channel_users");
      story.hears({ type: "CheckFailed", check: asked(story), error });
      expect(story.passes(29).wanted()).toEqual([]);
      story.passes(1);
    }
    story.hears(presenceChecked(asked(story), [hostUid]));
    expect(story.state.doubtedAt).toBeUndefined();
    expect(story.status.state).toBe("starting");
  });

  test("an answer to a question from before the doubt doesn't end it", () => {
    const story = goesLive(new Story()).passes(300);
    const early = asked(story);
    story.passes(10).hears(doubted);
    expect(story.wanted()).toEqual([]); // one at a time
    story.hears(presenceChecked(early, [hostUid]));
    const late = asked(story);
    story.hears(presenceChecked(late, []));
    expect(story.state.host.present).toBe(false);
    expect(story.state.doubtedAt).toBeUndefined();
  });

  test("a hold that its host left behind while we were down ends", () => {
    const story = goesLive(new Story()).hears({ type: "StopRequested" }).passes(200).hears(doubted);
    story.hears(presenceChecked(asked(story), [])).passes(15);
    expect(story.status.hold).toBeNull();
  });

  test("a state stored before there were doubts takes one", () => {
    const { doubtedAt, ...stored } = goesLive(new Story()).state;
    expect(doubtedAt).toBeUndefined();
    expect("doubtedAt" in stored).toBe(false);
    expect(evolve(stored, { at: t0, event: doubted }, defaultPolicy).state.doubtedAt).toBe(t0);
  });
});

describe("a notice that comes after the answer it precedes", () => {
  /** Down from 100 to 200 s; the answer comes at 201 s. */
  function caughtUp(story: Story, broadcasters: number[]): Story {
    story.passes(200).hears(doubted);
    const check = asked(story);
    story.passes(1).hears(presenceChecked(check, broadcasters));
    story.wanted();
    return story;
  }

  test("a join of somebody who is gone again starts nothing before Agora was asked", () => {
    const story = caughtUp(new Story(), []).hears(hostJoined(10, { after: 120 }));
    const again = asked(story);
    story.hears(presenceChecked(again, []));
    expect(story.passes(60).wanted()).toEqual([]);
    expect(story.decisions()).not.toContain("SessionOpened");
  });

  test("a join of somebody who is here, told before the answer, changes nothing", () => {
    const story = caughtUp(new Story(), [hostUid]).hears(hostJoined(10, { after: 120 }));
    expect(story.wanted()).toEqual([]);
    expect(story.state.host.present).toBe(true);
  });

  test.each([
    ["leave", hostLeft(20, { after: 120 })],
    ["channel's end", channelDestroyed(120)],
  ])("a %s of somebody who came back is asked about within the grace", (_name, late) => {
    const story = caughtUp(goesLive(new Story()), [hostUid]).hears(late);
    story.hears(presenceChecked(asked(story), [hostUid]));
    expect(story.passes(60).wanted()).toEqual([]);
    expect(story.status).toMatchObject({ live: true, sessionId: "42-1" });
  });

  test("a join from after the answer starts at once", () => {
    const story = caughtUp(new Story(), [])
      .passes(10)
      .hears(hostJoined(10, { after: 211 }));
    expect(story.wanted()).toEqual(["EnsureLiveInput"]);
  });
});
