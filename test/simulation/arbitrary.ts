import fc from "fast-check";

import type { Act, CallTrouble, Plan, Trouble, Ways, WebhookTrouble } from "./plan.ts";
import { operations, webhookTypes } from "./plan.ts";

const ways: fc.Arbitrary<Ways> = fc.record({
  mode: fc.constantFrom("cloud-recording", "media-push"),
  refusalTellsSid: fc.boolean(),
  startSeconds: fc.constantFrom(5, 1, 20),
  reconnectSeconds: fc.constantFrom(null, 4, 45),
  countsAgain: fc.boolean(),
  oldWorkerReports: fc.boolean(),
  reportsProgress: fc.constantFrom(false, false, false, true),
  secondPublisher: fc.constantFrom("let_in", "refused", "takes_over"),
});

const after = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 30 }) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 400 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
);
const host = fc.constantFrom(0, 0, 0, 1, 2);

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ after, kind: fc.constantFrom("join", "leave"), who: host }) },
  {
    weight: 3,
    arbitrary: fc.record({
      after,
      kind: fc.constantFrom("becomes_host", "becomes_audience", "joins_audience"),
      who: host,
    }),
  },
  { weight: 2, arbitrary: fc.record({ after, kind: fc.constant("recorder_dies"), silently: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ after, kind: fc.constant("recorder_moves"), seconds: fc.integer({ min: 1, max: 90 }) }),
  },
  { weight: 2, arbitrary: fc.record({ after, kind: fc.constant("push_drops") }) },
  {
    weight: 1,
    arbitrary: fc.record({
      after,
      kind: fc.constant("ingest_errs"),
      code: fc.constantFrom("ERR_UNHEALTHY", "ERR_STORAGE_QUOTA_EXHAUSTED"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ after, kind: fc.constant("live_input_deleted") }) },
  {
    weight: 1,
    arbitrary: fc.record({
      after,
      kind: fc.constant("operator"),
      what: fc.constantFrom("StartRequested", "StopRequested", "HoldReleased", "CheckRequested"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      after,
      kind: fc.constant("mode"),
      mode: fc.constantFrom("cloud-recording", "media-push"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ after, kind: fc.constant("outage"), seconds: fc.integer({ min: 1, max: 200 }) }),
  },
);

const nth = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.integer({ min: 1, max: 12 }));

const callTrouble: fc.Arbitrary<CallTrouble> = fc.oneof(
  fc.record({ how: fc.constantFrom("answer_lost", "hangs", "refused", "rate_limited", "full") }),
  fc.record({ how: fc.constant("slow"), seconds: fc.integer({ min: 1, max: 7 }) }),
  fc.record({ how: fc.constant("late"), seconds: fc.integer({ min: 1, max: 60 }) }),
);

const webhookTrouble: fc.Arbitrary<WebhookTrouble> = fc.oneof(
  fc.record({ how: fc.constant("lost") }),
  fc.record({ how: fc.constant("delayed"), seconds: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ how: fc.constant("again"), seconds: fc.integer({ min: 0, max: 400 }), renamed: fc.boolean() }),
);

const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("call"),
      operation: fc.constantFrom(...operations),
      nth,
      trouble: callTrouble,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("webhook"),
      type: fc.constantFrom(...webhookTypes),
      nth,
      trouble: webhookTrouble,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("silence"),
      of: fc.constantFrom("agora", "cloudflare"),
      from: fc.integer({ min: 0, max: 600 }),
      seconds: fc.integer({ min: 1, max: 120 }),
      how: fc.constantFrom("lost", "delayed"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("death"),
      step: fc.integer({ min: 1, max: 80 }),
      seconds: fc.integer({ min: 1, max: 30 }),
    }),
  },
);

/** A host whose network breaks off for a moment. */
const drop: fc.Arbitrary<Act[]> = fc
  .tuple(after, fc.integer({ min: 0, max: 40 }), fc.constantFrom(0, 1))
  .map(([before, away, who]) => [
    { after: before, kind: "leave", who },
    { after: away, kind: "join", who },
  ]);

/** Evenings from quiet to stormy; most begin with a host who comes. */
export const evening: fc.Arbitrary<Plan> = fc.record({
  ways,
  script: fc
    .tuple(
      fc.array(fc.oneof({ weight: 4, arbitrary: act.map((one) => [one]) }, { weight: 1, arbitrary: drop }), {
        maxLength: 8,
      }),
      fc.boolean(),
    )
    .map(([script, begins]) => [
      ...(begins ? [{ after: 0, kind: "join" as const, who: 0 as const }] : []),
      ...script.flat(),
    ]),
  trouble: fc.array(trouble, { maxLength: 6 }),
});
