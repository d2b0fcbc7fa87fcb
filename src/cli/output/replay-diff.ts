import { type ChannelReplayItem, describeEffect, isPaid } from "../../operators/index.ts";
import { describeStatus } from "../describe-status.ts";
import type { Io } from "../io.ts";
import { count, cut, plain, widthOf, wrap } from "./text.ts";

type Change = ChannelReplayItem["changes"][number];

/** What differs in a channel between its state as it is and as it would be, in lines that fit the terminal. */
export function formatReplay(replay: ChannelReplayItem, { columns }: Pick<Io, "columns">): string {
  const { channel, before, after, leadsTo, changes, sessions } = replay;
  const then = describeStatus(leadsTo);
  const details = [
    ...(changes.length === 0 ? ["nothing that is shown: details, or what the log says of an event"] : []),
    ...(sessions === 0 ? [] : [`otherwise than stored: ${count(sessions, "session")}`]),
  ];
  const lines = [
    plain(channel),
    ...pair("", describeStatus(before), describeStatus(after)),
    ...(then === describeStatus(after) ? [] : [`> ${then}`]),
    ...changes.flatMap((change) => describeChange(change, columns)),
    ...[...details, ...notRead(replay), ...consequences(replay)].flatMap((text) => wrap(text, columns - 2)),
  ];
  return lines.map((line, at) => `${at === 0 ? cut(line, columns) : `  ${cut(line, columns - 2)}`}\n`).join("");
}

/** `host.present: false → true`, or two lines where one is too long. */
function describeChange({ path, before, after }: Change, columns: number): string[] {
  const [was, is] = [textOf(before), textOf(after)];
  const line = `${plain(path)}: ${was} → ${is}`;
  return widthOf(line) <= columns - 2 ? [line] : pair(`${plain(path)}: `, was, is);
}

function pair(prefix: string, before: string, after: string): string[] {
  return before === after ? [`= ${prefix}${before}`] : [`- ${prefix}${before}`, `+ ${prefix}${after}`];
}

function textOf(value: Change["before"]): string {
  return value === null ? "none" : plain(String(value));
}

/** What of its history no replay can mend any more. */
function notRead({ keptFrom }: ChannelReplayItem): string[] {
  return keptFrom === null ? [] : [`events up to ${keptFrom} are not kept any more: what they were read as stays`];
}

/** What it would have us do, and why it doesn't. */
function consequences({ channel, effects, hold, lifted, isEnded, isPaid: pays, after }: ChannelReplayItem): string[] {
  const calls = effects.map((effect) => describeEffect(effect) + (isPaid(effect) ? " (paid)" : "")).join(", ");
  const paidLater = pays && !effects.some(isPaid) ? ", and then start a recorder (paid)" : "";
  const asks = calls + paidLater;
  if (hold) {
    const why = isEnded ? "; its broadcast is over, so that --act needs --ended too" : "";
    return [`held, or it would ${asks}${why}`];
  }
  if (lifted) return ["the hold of an earlier replay is lifted: it keeps the channel from nothing any more"];
  if (asks !== "") return [`would ${asks}`];
  return after.hold?.reason === "replay"
    ? [`stays held by an earlier replay, until the host's next event or "tally channels release ${plain(channel)}"`]
    : [];
}
