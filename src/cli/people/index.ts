import type { Command } from "commander";

import type { Io } from "../io.ts";
import { addPeopleErase } from "./erase.ts";

export function addPeople(program: Command, io: Io): void {
  const people = program.command("people").description("What is kept of hosts and viewers.");
  addPeopleErase(people, io);
}
