import type { Io } from "../io.ts";
import type { Column } from "../output/table.ts";
import { duration, shortTime } from "../output/times.ts";
import type { SessionItem } from "../store/sessions.ts";

/** How a list shows sessions. */
export function sessionColumns(io: Io): Column<SessionItem>[] {
  const time = (at: Date | null) => shortTime(at, io.now());
  return [
    { title: "SESSION", value: ({ id }) => id },
    { title: "CHANNEL", value: ({ channel }) => channel, flexible: 12 },
    { title: "OPENED UTC", value: ({ openedAt }) => time(openedAt) },
    { title: "LIVE", value: ({ liveAt }) => time(liveAt) },
    { title: "CLOSED", value: ({ closedAt }) => (closedAt === null ? "open" : time(closedAt)) },
    { title: "END", value: ({ endReason }) => endReason ?? "" },
    { title: "RECORDED", value: ({ recordedSeconds }) => duration(recordedSeconds) },
    { title: "VIDEO", value: describeVideo },
  ];
}

function describeVideo({ video }: SessionItem): string {
  if (video === null) return "";
  return video.ready ? "ready" : "failed";
}
