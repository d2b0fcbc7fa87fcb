import type { Command } from "commander";

import type { Io } from "../io.ts";
import { addEventsExport } from "./export.ts";
import { addEventsImport } from "./import.ts";
import { addEventsList } from "./list.ts";
import { addEventsReplay } from "./replay.ts";
import { addEventsShow } from "./show.ts";

export function addEvents(program: Command, io: Io): void {
  const events = program
    .command("events")
    .description("What was heard and decided: list, inspect, replay and copy the log.");
  addEventsList(events, io);
  addEventsShow(events, io);
  addEventsReplay(events, io);
  addEventsExport(events, io);
  addEventsImport(events, io);
}
