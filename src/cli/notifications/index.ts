import type { Command } from "commander";

import type { Io } from "../io.ts";
import { addNotificationsList } from "./list.ts";
import { addNotificationsReplay } from "./replay.ts";
import { addNotificationsShow } from "./show.ts";

export function addNotifications(program: Command, io: Io): void {
  const notifications = program.command("notifications").description("What the app was told, and whether it has it.");
  addNotificationsList(notifications, io);
  addNotificationsShow(notifications, io);
  addNotificationsReplay(notifications, io);
}
