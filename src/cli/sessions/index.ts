import type { Command } from "commander";

import type { Io } from "../io.ts";
import { addSessionsList } from "./list.ts";
import { addSessionsShow } from "./show.ts";
import { addSessionsStop } from "./stop.ts";
import { addSessionsTimeline } from "./timeline.ts";

export function addSessions(program: Command, io: Io): void {
  const sessions = program.command("sessions").description("Broadcasts: their times, recordings and videos.");
  addSessionsList(sessions, io);
  addSessionsShow(sessions, io);
  addSessionsTimeline(sessions, io);
  addSessionsStop(sessions, io);
}
