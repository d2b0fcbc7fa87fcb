import type { Command } from "commander";

import type { Io } from "../io.ts";
import { addEndpointsChange } from "./change.ts";
import { addEndpointsCreate } from "./create.ts";
import { addEndpointsList } from "./list.ts";

export function addEndpoints(program: Command, io: Io): void {
  const endpoints = program.command("endpoints").description("Addresses of the app that are told of broadcasts.");
  addEndpointsList(endpoints, io);
  addEndpointsCreate(endpoints, io);
  addEndpointsChange(endpoints, io);
}
