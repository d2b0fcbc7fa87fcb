import type { Command } from "commander";

import type { Config } from "../../config/index.ts";
import type { SessionItem } from "../../operators/index.ts";
import { sessionFolders } from "../../providers/index.ts";
import { readTimeline, whyOpened } from "../../timeline/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { money } from "../output/money.ts";
import { printFields, printJson } from "../output/print.ts";
import { duration } from "../output/times.ts";
import { findSession, findSessionId } from "../store/sessions.ts";
import { withService } from "../with-service.ts";
import { videoWord } from "./columns.ts";

export function addSessionsShow(sessions: Command, io: Io): void {
  addCommand(sessions, "show", {
    summary: "Show a session: its times, how it ended, what it costs, its files and its video.",
    examples: ["sessions show 42-3", "sessions show channel_42", "sessions show 42-3 --json"],
  })
    .argument("<id>", "the session's id, as in the list; or a channel's name, for its newest")
    .action((id: string, options: CommonOptions) =>
      withService(io, options, async (service) => {
        const { config } = service;
        const session = await findSession(service, await findSessionId(service.tables, id));
        if (options.json) printJson(io, session);
        else {
          const timeline = await readTimeline(service.tables, session.id, config.policy);
          const cause = timeline === null ? null : whyOpened(timeline);
          printSession(io, session, { cause, folder: folderOf(session, config.agora.storage) });
          io.err(`"tally sessions timeline ${session.id}" tells what happened in it, and why.\n`);
        }
      }),
    );
}

/** Where its files are, by the settings of today. */
function folderOf(session: SessionItem, storage: Config["agora"]["storage"]): string | null {
  if (storage === null || session.recordingSids.length === 0) return null;
  const { channelId, number } = session;
  return [storage.bucket, ...sessionFolders(storage.prefix, { channelId, session: number })].join("/");
}

const uploads = { storage: "all in the storage", backup: "some in Agora's backup" } as const;

/** @param known - what is not in its row; a cause that is not kept any more is null */
function printSession(io: Io, session: SessionItem, known: { cause: string | null; folder: string | null }): void {
  const { video } = session;
  printFields(io, {
    session: session.id,
    channel: session.channel,
    cause: known.cause ?? (session.cause === "manual" ? "a manual start" : "a host was here"),
    opened: session.openedAt,
    live: session.liveAt ?? "never",
    closed: session.closedAt ?? "still open",
    end: session.endReason,
    recorded: duration(session.recordedSeconds),
    "without host": duration(session.recordedSecondsWithoutHost),
    ...costFields(session.cost),
    recordings: session.recordingSids.join(", "),
    files: session.files.join(", "),
    folder: known.folder,
    upload: session.upload === null ? null : uploads[session.upload],
    "picture gone": dropsOf(session, io.now()),
    video: video === null ? null : `${video.uid}, ${videoWord(video)}`,
    "more videos": moreVideos(session),
    ready: video?.readyAt ?? null,
    deleted: video?.deletedAt ?? null,
    "video error": video?.error == null ? null : `${video.error.code}: ${video.error.message}`,
    length: video?.durationSeconds == null ? null : duration(video.durationSeconds),
    hls: video?.hls ?? null,
    dash: video?.dash ?? null,
    thumbnail: video?.thumbnail ?? null,
  });
}

function moreVideos({ video, videos }: SessionItem): string | null {
  const others = videos.filter(({ uid }) => uid !== video?.uid).map((other) => `${other.uid}, ${videoWord(other)}`);
  return others.length === 0 ? null : others.join("; ");
}

/** How often its picture was gone though its host was there, and for how long together. */
function dropsOf({ drops }: SessionItem, now: Date): string | null {
  if (drops.length === 0) return null;
  const ms = drops.map(({ from, to }) => (to === null ? now.getTime() : Date.parse(to)) - Date.parse(from));
  const whole = ms.reduce((sum, one) => sum + one, 0);
  return `${drops.length === 1 ? "once" : `${drops.length} times`}, for ${duration(whole / 1000)}`;
}

/** An estimate; of what there was nothing, there is no line. */
function costFields({ amount, asOf, resolution, agora, cloudflare }: SessionItem["cost"]) {
  const part = (of: { seconds: number; amount: number }, what: string) =>
    of.seconds === 0 ? null : `${money(of.amount)}, ${duration(of.seconds)} ${what}`;
  return {
    cost: `about ${money(amount)}, by the prices of ${asOf}`,
    "cloud recording": part(agora.cloudRecording, `of ${resolution}`),
    "media push": part(agora.mediaPush, `of ${resolution}`),
    storage: part(cloudflare.storedMonth, "kept for a month"),
  };
}
