import { Registry } from "prom-client";

import type { AdvanceResult, Attempted, Deleted } from "../engine/index.ts";
import type { Tables } from "../eventlog/index.ts";
import type { Logger } from "../log.ts";
import type { OnCall } from "../providers/index.ts";
import type { Received } from "../webhooks/index.ts";
import { createCallFigures } from "./calls.ts";
import { createDatabaseFigures } from "./database.ts";
import { createEngineFigures } from "./engine.ts";
import { createProcessFigures } from "./process.ts";
import { createWebhookFigures } from "./webhooks.ts";

/**
 * The figures of one process, in Prometheus's form, and those of the database, which every process tells alike. What is
 * told to it is only noted: none of it waits or throws.
 */
export interface Figures {
  /** Of what `text` resolves with. */
  contentType: string;
  /** All figures as they are now. Never rejects: those that the database doesn't tell are left out. */
  text: () => Promise<string>;
  onReceived: (received: Received) => void;
  onCall: OnCall;
  onAdvanced: (result: AdvanceResult) => void;
  onAttempted: (attempted: Attempted) => void;
  onDeleted: (deleted: Deleted) => void;
  onNotified: (attempted: { type: string; outcome: string }) => void;
  /** How many streams this process serves. */
  onReaders: (count: number) => void;
  /** Waits for what is being asked of the database. */
  close: () => Promise<void>;
}

export interface FiguresOptions extends Tables {
  log: Logger;
  /** How old the database's figures may be, in ms, so that nobody hurts it by asking often. */
  freshMs?: number;
}

export function createFigures({ knex, schema, log, freshMs }: FiguresOptions): Figures {
  const registry = new Registry();
  const registers = [registry];
  const { onReceived } = createWebhookFigures(registers);
  const calls = createCallFigures(registers, { knex, schema, log });
  const database = createDatabaseFigures(registers, { knex, schema, log, freshMs });
  const { onReaders } = createProcessFigures(registry, knex);
  return {
    contentType: registry.contentType,
    async text() {
      await database.refresh();
      return registry.metrics();
    },
    onReceived,
    onCall: calls.onCall,
    ...createEngineFigures(registers),
    onReaders,
    async close() {
      await Promise.all([calls.idle(), database.idle()]);
    },
  };
}
