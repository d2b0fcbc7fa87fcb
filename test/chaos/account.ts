import type { Outcome } from "../../src/live/index.ts";
import type { RecordEntries } from "../../src/sandbox/world/record.ts";
import type { EveningPlan, FaultKind } from "./plan.ts";
import type { SandboxState } from "./sandbox.ts";
import { query, schema } from "./server.ts";
import type { Stage } from "./stage.ts";

/** How long all channels took to be as they should be, from the moment of the fault. */
export interface Recovery {
  fault: FaultKind;
  at: number;
  ms: number;
}

export interface LoggedEvent {
  id: number;
  source: string;
  type: string;
  status: string;
  note: string | null;
  channelId: number | null;
  /** Milliseconds, by the database's clock, which is the sandbox's too. */
  receivedAt: number;
  payload: unknown;
}

export interface LoggedEffect {
  key: string;
  type: string;
  status: string;
  attempts: number;
  error: string | null;
  channelId: number;
}

/** An evening afterwards: what really happened, by the sandbox, and what Tally has of it. */
export interface Account {
  plan: EveningPlan;
  /** False for the same evening without them. */
  withFaults: boolean;
  recoveries: Recovery[];
  record: RecordEntries;
  state: SandboxState;
  events: LoggedEvent[];
  effects: LoggedEffect[];
  channels: { id: number; name: string }[];
}

/** Reads both sides: first what was sent and answered, then the log, which must hold it by then. */
export async function takeAccount({
  sandbox,
  databaseUrl,
}: Stage): Promise<Omit<Account, "plan" | "withFaults" | "recoveries">> {
  const record = await sandbox.record();
  const state = await sandbox.state();
  const read = <Row extends object>(sql: string) => query<Row>(databaseUrl(), sql);
  const events = await read<LoggedEvent>(
    `select id::integer, source, type, status, note, channel_id as "channelId", payload,
       (extract(epoch from received_at) * 1000)::double precision as "receivedAt" from ${schema}.events order by id`,
  );
  const effects = await read<LoggedEffect>(
    `select key, type, status, attempts, error, channel_id as "channelId" from ${schema}.effects order by id`,
  );
  const channels = await read<{ id: number; name: string }>(`select id, name from ${schema}.channels order by id`);
  return { record, state, events, effects, channels };
}

/** Tally's own events of one type, with their channel and time. */
export function outcomesOf<T extends Outcome["type"]>(
  { events }: Pick<Account, "events">,
  type: T,
): { at: number; channelId: number | null; outcome: Extract<Outcome, { type: T }> }[] {
  return events
    .filter((event) => event.source === "tally" && event.type === type)
    .map(({ receivedAt, channelId, payload }) => ({
      at: receivedAt,
      channelId,
      outcome: payload as Extract<Outcome, { type: T }>,
    }));
}
