import type { Command } from "commander";

import {
  type ChannelState,
  hostSince,
  type Missed,
  type RelayMode,
  reservedUids,
  type Status,
} from "../../live/index.ts";
import {
  describeUnheeded,
  presentDoubt,
  type PresentedDoubt,
  readUnheeded,
  type SessionItem,
  type Unheeded,
} from "../../operators/index.ts";
import { presentStatus } from "../../playback/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { describeDoubt } from "../describe-doubt.ts";
import type { Io } from "../io.ts";
import { printFields, printJson, printTable } from "../output/print.ts";
import type { Column } from "../output/table.ts";
import { shortIso } from "../output/times.ts";
import { sessionColumns } from "../sessions/columns.ts";
import { type Channel, findChannel, type RecorderItem, recordersOf, statusOf } from "../store/channel.ts";
import { linksOf } from "../store/links.ts";
import { listSessionsOf } from "../store/sessions.ts";
import { withService } from "../with-service.ts";

/** How many of its sessions are shown with a channel. */
const sessionsMost = 5;

export function addChannelsShow(channels: Command, io: Io): void {
  addCommand(channels, "show", {
    summary: "Show a channel: its status and why, its recorders and its last sessions.",
    examples: ["channels show channel_42", "channels show channel_42 --json"],
  })
    .argument("<name>", "the channel's name")
    .action((name: string, options: CommonOptions) =>
      withService(io, options, async (service) => {
        const { config, tables } = service;
        const channel = await findChannel(tables, name);
        const { status } = await presentStatus(
          statusOf(channel, config.relayMode),
          channel.state.liveInput,
          linksOf(service),
        );
        const recorders = recordersOf(channel.state);
        const sessions = await listSessionsOf(service, channel.id, sessionsMost);
        const unheeded = (await readUnheeded(tables, [channel.id])).get(channel.id) ?? null;
        const item: ChannelItem = {
          ...status,
          hostUserId: channel.host_user_id,
          hostUid: channel.host_uid,
          relayMode: channel.relay_mode,
          liveInput: channel.state.liveInput.uid,
          missed: channel.state.missed ?? { recording: 0, presence: 0 },
          doubt: presentDoubt(channel.state, config.policy),
          unheeded,
          recorders,
          sessions,
        };
        if (options.json) printJson(io, item);
        else printChannel(io, channel, item);
      }),
    );
}

function printChannel(io: Io, { id, state }: Channel, item: ChannelItem): void {
  const { relay, ingest, reason } = item;
  const uids = reservedUids(id);
  printFields(io, {
    channel: item.channel,
    id,
    state: item.live ? `${item.state}, live` : item.state,
    reason: reason === null ? null : `${reason.code}: ${reason.message}`,
    "not acted upon": item.unheeded === null ? null : describeUnheeded(item.unheeded),
    hold: item.hold?.reason ?? null,
    host: hostInWords(state),
    registered: [
      item.hostUid === null ? "" : `host uid ${item.hostUid}`,
      item.hostUserId === null ? "" : `host user ${item.hostUserId}`,
      item.relayMode === null ? "" : `relay mode ${item.relayMode}`,
    ]
      .filter((word) => word !== "")
      .join(", "),
    relay: `${relay.mode}, ${relay.state}${relay.rtmp === null ? "" : `, RTMP ${relay.rtmp}`}`,
    "live input": liveInputOf(state),
    ingest: ingest.since === null ? ingest.state : `${ingest.state} since ${ingest.since}`,
    "ingest error": ingest.error === null ? null : `${ingest.error.code}: ${ingest.error.message}`,
    playback: item.playback?.hls ?? null,
    session: item.sessionId,
    "in doubt": item.doubt === null ? doubtedInWords(state) : describeDoubt(item.doubt, io.now()),
    "not seen": missedInWords(item.missed),
    "our uids": `recorder ${uids.recorder}, spare ${uids.spare}, stage ${uids.stage}`,
    version: `${item.version}, of ${item.updatedAt}`,
  });
  io.out("\n");
  printTable(io, item.recorders, recorderColumns(io), "No recorder was ever started.");
  io.out("\n");
  printTable(io, item.sessions, sessionColumns(io), "There was no session yet.");
}

/** What `--json` prints. */
interface ChannelItem extends Status {
  hostUserId: string | null;
  hostUid: number | null;
  relayMode: RelayMode | null;
  liveInput: string | null;
  /** Notices that must have been sent and were not seen. */
  missed: Missed;
  /** What of it isn't known now; null: nothing. */
  doubt: PresentedDoubt | null;
  /** Notices since its last session that nothing followed from. */
  unheeded: Unheeded | null;
  recorders: RecorderItem[];
  sessions: SessionItem[];
}

function hostInWords(state: ChannelState): string {
  const since = hostSince(state);
  if (since === null) return "never seen";
  const at = new Date(since.at).toISOString();
  if (state.host.present) return `here since ${at}`;
  return since.isNoticed ? `gone, noticed at ${at}` : `gone since ${at}`;
}

function doubtedInWords({ doubtedAt }: ChannelState): string | null {
  return doubtedAt === undefined ? null : `who is here, since ${new Date(doubtedAt).toISOString()}; it is being asked`;
}

function missedInWords({ recording, presence }: Missed): string {
  return [
    recording === 0 ? "" : `${recording} of the recorders' notifications`,
    presence === 0 ? "" : `${presence} of the hosts' joins and leaves`,
  ]
    .filter((word) => word !== "")
    .join(", ");
}

function liveInputOf({ liveInput }: ChannelState): string {
  return liveInput.uid ?? (liveInput.pending ? "asked for" : "none yet");
}

function recorderColumns(io: Io): Column<RecorderItem>[] {
  return [
    { title: "RECORDER", value: ({ recordingSid, resourceId }) => recordingSid ?? resourceId, flexible: 16 },
    { title: "SESSION/TRY", value: ({ session, attempt }) => `${session}/${attempt}` },
    { title: "UID", value: ({ uid }) => (uid === null ? "converter" : String(uid)) },
    { title: "STATE", value: ({ state }) => state },
    { title: "SINCE UTC", value: ({ since }) => shortIso(since, io.now()) },
    { title: "RTMP", value: ({ rtmp }) => rtmp ?? "" },
    { title: "STOP", value: describeStop, flexible: 16, alarming: ({ stop }) => stop?.dead === true },
  ];
}

function describeStop({ stop }: RecorderItem): string {
  if (stop === null) return "";
  const tries = stop.dead ? `dead after ${stop.round}` : `try ${stop.round}`;
  return stop.error === null ? tries : `${tries}: ${stop.error}`;
}
