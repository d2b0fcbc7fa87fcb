import { expect, it } from "vitest";

import { inWords } from "../../src/console/page/events/in-words.ts";

it.each([
  ["IngestChecked", "Ingest checked"],
  ["Announced", "Announced"],
  ["HostPresenceChecked", "Host presence checked"],
  ["host joined", "host joined"],
  ["event 7 of Agora product 4", "event 7 of Agora product 4"],
  ["RTC event", "RTC event"],
])("a type of our own is told in words, another as it is: %s", (description, words) => {
  expect(inWords(description)).toBe(words);
});
