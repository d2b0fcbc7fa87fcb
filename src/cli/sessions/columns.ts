import type { SessionItem } from "../../operators/index.ts";
import type { VideoAnswer } from "../../playback/index.ts";
import type { Io } from "../io.ts";
import { money } from "../output/money.ts";
import type { Column } from "../output/table.ts";
import { duration, shortIso } from "../output/times.ts";

/** How a list shows sessions. */
export function sessionColumns(io: Io): Column<SessionItem>[] {
  return [
    { title: "SESSION", value: ({ id }) => id },
    { title: "CHANNEL", value: ({ channel }) => channel, flexible: 12 },
    { title: "OPENED UTC", value: ({ openedAt }) => shortIso(openedAt, io.now()) },
    { title: "END", value: ({ closedAt, endReason }) => (closedAt === null ? "open" : (endReason ?? "")), flexible: 9 },
    { title: "RECORDED", value: ({ recordedSeconds }) => duration(recordedSeconds) },
    { title: "NO HOST", value: withoutHost },
    { title: "COST", value: ({ cost }) => money(cost.amount) },
    { title: "VIDEO", value: describeVideo },
  ];
}

function withoutHost({ recordedSecondsWithoutHost: seconds }: SessionItem): string {
  return seconds === 0 ? "" : duration(seconds);
}

/** What has become of a video, in a word. */
export function videoWord({ ready, error, deletedAt }: VideoAnswer): string {
  if (deletedAt !== null) return "deleted";
  if (ready) return "ready";
  return error === null ? "in progress" : "failed";
}

function describeVideo({ video }: SessionItem): string {
  if (video === null) return "";
  return videoWord(video);
}
