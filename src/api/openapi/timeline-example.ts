import type { Entry, Timeline } from "../../timeline/index.ts";

const nothing = {
  detail: null,
  tone: "neutral",
  eventId: null,
  effectId: null,
  occurredAt: null,
  skewMs: null,
  status: null,
  note: null,
  call: null,
  untilAt: null,
} as const satisfies Partial<Entry>;

/** The beginning of a broadcast. */
export const timelineExample: Timeline = {
  sessionId: "42-3",
  channel: "evening-sale",
  openedAt: "2026-03-01T18:00:02.412Z",
  closedAt: null,
  endReason: null,
  isTruncated: false,
  keptFrom: null,
  clocks: { agora: { medianMs: 412, mostMs: 412 }, cloudflare: null },
  entries: [
    {
      ...nothing,
      at: "2026-03-01T18:00:02.412Z",
      kind: "event",
      lane: "host",
      id: "event:9001",
      type: "rtc.103",
      title: "Host 1001 joined",
      tone: "good",
      eventId: 9001,
      occurredAt: "2026-03-01T18:00:02.000Z",
      skewMs: 412,
      status: "applied",
    },
    {
      ...nothing,
      at: "2026-03-01T18:00:02.430Z",
      kind: "decision",
      lane: "tally",
      id: "event:9003",
      type: "RelayRequested",
      title: "Asked Agora to start a recorder: a host is present",
      detail: "attempt 1; Cloud Recording as uid 999042",
      eventId: 9003,
      effectId: 512,
      status: "applied",
    },
  ],
};
