import { once } from "node:events";
import type { Server } from "node:net";
import { createServer } from "node:net";

import { StartError } from "./start-error.ts";

/** @throws {StartError} if the port is taken, or the user may not have it */
export async function listenOn(server: Server, port: number): Promise<void> {
  server.listen(port);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES") {
      throw new StartError(
        `Port ${port} is not for this user: set PORT to one above 1023, or give the user the right.`,
      );
    }
    if (code !== "EADDRINUSE") throw error;
    throw new StartError(
      `Port ${port} is taken, maybe by another Tally that runs here: stop that one, or set PORT to a free port.`,
    );
  }
}

/**
 * Finds out before anything is opened, so that a second start by mistake is told so at once and touches nothing.
 *
 * @throws {StartError} if the port is taken
 */
export async function assertPortIsFree(port: number): Promise<void> {
  const probe = createServer();
  await listenOn(probe, port);
  probe.close();
  await once(probe, "close");
}
