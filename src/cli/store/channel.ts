import type { ChannelRow } from "../../db/index.ts";
import { rowsOf, table, type Tables } from "../../eventlog/index.ts";
import { type ChannelState, modeOf, type RelayMode, type Status, toStatus } from "../../live/index.ts";
import { Failure } from "../failure.ts";

/** A channel as the commands see it. */
export type Channel = Pick<
  ChannelRow,
  "id" | "name" | "host_user_id" | "host_uid" | "relay_mode" | "state" | "version" | "updated_at"
>;

const columns = "id, name, host_user_id, host_uid, relay_mode, state, version, updated_at";

/** @throws {Failure} if there is no channel with this name */
export async function findChannel({ knex, schema }: Tables, name: string): Promise<Channel> {
  const sql = `select ${columns} from ${table(schema, "channels")} where name = :name`;
  const [channel] = await rowsOf<Channel>(knex, sql, { name });
  if (channel === undefined) {
    throw new Failure(`There is no channel "${name}". "tally channels list" shows those that there are.`);
  }
  return channel;
}

/** The channels that changed last, the newest change first. */
export async function listChannels(
  { knex, schema }: Tables,
  { active, limit }: { active: boolean; limit: number },
): Promise<Channel[]> {
  return rowsOf<Channel>(
    knex,
    `select ${columns} from ${table(schema, "channels")} ${active ? "where is_active" : ""}
     order by updated_at desc, id desc limit :limit`,
    { limit },
  );
}

/** What the app is shown of a channel. */
export function statusOf(channel: Channel, defaultMode: RelayMode): Status {
  const { name, version, updated_at: updatedAt, state } = channel;
  return toStatus(state, { channel: name, version, updatedAt: updatedAt.getTime(), defaultMode });
}

/** A recorder of the channel, as lists show it. */
export interface RecorderItem {
  resourceId: string;
  session: number;
  attempt: number;
  mode: RelayMode;
  /** Of a recording; a converter has none. */
  uid: number | null;
  recordingSid: string | null;
  state: string;
  /** Since when it is in this state. */
  since: string;
  rtmp: string | null;
  /** Its notifications that must have been sent and were not seen. */
  missed: number;
  /** Tries at stopping it; `dead` when they were given up. */
  stop: { round: number; dead: boolean; error: string | null } | null;
}

/** The recorders that the channel's state remembers, the newest first. */
export function recordersOf({ recorders }: ChannelState): RecorderItem[] {
  return Object.entries(recorders)
    .sort(([, a], [, b]) => b.acquiredAt - a.acquiredAt)
    .map(([resourceId, recorder]) => ({
      resourceId,
      session: recorder.session,
      attempt: recorder.attempt,
      mode: modeOf(recorder),
      uid: modeOf(recorder) === "cloud-recording" ? recorder.uid : null,
      recordingSid: recorder.recordingSid,
      state: recorder.state,
      since: new Date(recorder.at).toISOString(),
      rtmp: recorder.rtmp[recorder.liveUid]?.status ?? null,
      missed: Object.values(recorder.heard ?? {}).reduce((sum, { missed }) => sum + missed, 0),
      stop:
        recorder.stop === null
          ? null
          : { round: recorder.stop.round, dead: recorder.stop.dead, error: recorder.stop.error },
    }));
}
