import { describe, expect, it } from "vitest";

import { describeType, eventTypes, noteBeside } from "../../src/webhooks/index.ts";
import { envelopeOf, fixtures, meaningOf } from "./support.ts";

describe("the fixtures and the table of types", () => {
  it("name each other exactly", () => {
    const types = new Set(fixtures.map(({ door, bytes }) => envelopeOf(door, bytes).type));
    expect([...types].sort()).toEqual(Object.keys(eventTypes).sort());
  });

  it.each(fixtures.map((fixture) => [fixture.file, fixture] as const))("agree on %s", (file, { door, bytes }) => {
    const { type } = envelopeOf(door, bytes);
    expect(file.startsWith(`${type}.`)).toBe(true);
  });

  it("leave nothing unrecognised but what is no webhook", () => {
    const unrecognised = fixtures.filter(({ door, bytes }) => meaningOf(door, bytes).kind === "unrecognised");
    expect(unrecognised.map(({ file }) => file).sort()).toEqual(["ncs.unknown.json", "unknown.txt"]);
  });
});

describe("describeType", () => {
  it("has a phrase for every known type", () => {
    for (const [type, phrase] of Object.entries(eventTypes)) {
      expect(describeType(type)).toBe(phrase);
      expect(phrase).toMatch(/^\S.{3,40}$/);
    }
  });

  it("makes one for events that Agora adds", () => {
    expect(describeType("rtc.199")).toBe("rtc event 199");
    expect(describeType("recording.77")).toBe("recording event 77");
    expect(describeType("ncs.8.110")).toBe("event 110 of Agora product 8");
  });

  it("leaves other types as they are", () => {
    for (const type of ["SessionOpened", "live_input.paused", "constructor", "toString", ""]) {
      expect(describeType(type)).toBe(type);
    }
  });
});

describe("noteBeside", () => {
  it("leaves out what the description says already, and nothing else", () => {
    expect(noteBeside("rtc.101", "channel created: its hosts say more")).toBe("its hosts say more");
    expect(noteBeside("rtc.111", "role change: a join says more")).toBe("role change: a join says more");
    expect(noteBeside("rtc.101", null)).toBeNull();
  });
});
