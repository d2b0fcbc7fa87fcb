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
    ...details,
    ...notRead(replay),
    ...consequences(replay),
  ];
  return lines
    .flatMap((line, at) => (at === 0 ? cut(line, columns) : hung(line, columns)))
    .map((line) => `${line}\n`)
    .join("");
}

/** A line below the channel's name, whole: what of it is too wide goes on in lines that are further in. */
function hung(text: string, columns: number): string[] {
  const [first = "", ...more] = wrap(text, columns - 4);
  return [`  ${first}`, ...more.map((line) => `    ${line}`)];
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

/** What was done with a channel that differs, and where to see how it goes on, in lines that fit the terminal. */
export function formatOutcome(replay: ChannelReplayItem, { columns }: Pick<Io, "columns">): string {
  const { channel, hold, after } = replay;
  const asks = asksOf(replay);
  const name = plain(channel);
  const words = hold
    ? `held, and starts nothing until the host's next event or "tally channels release ${name}"`
    : asks === ""
      ? `${describeStatus(after)}; nothing is to be called`
      : `to ${asks}; "tally channels show ${name}" says how it goes`;
  return wrap(`${name}: ${words}.`, columns)
    .map((line) => `${line}\n`)
    .join("");
}

/** What the new state asks of the providers. */
function asksOf({ effects, isPaid: pays }: ChannelReplayItem): string {
  const calls = effects.map((effect) => describeEffect(effect) + (isPaid(effect) ? " (paid)" : "")).join(", ");
  return calls + (pays && !effects.some(isPaid) ? ", and then start a recorder (paid)" : "");
}

/** What it would have us do, and why it doesn't. */
function consequences(replay: ChannelReplayItem): string[] {
  const { channel, hold, lifted, isEnded, after } = replay;
  const asks = asksOf(replay);
  if (hold) {
    const isHere = after.host.present ? "; the host is here now: --act starts it at once" : "";
    return [
      `held, or it would ${asks}${isEnded ? "; its broadcast is over, so that --act needs --ended too" : isHere}`,
    ];
  }
  if (lifted) return ["the hold of an earlier replay is lifted: it keeps the channel from nothing any more"];
  if (asks !== "") return [`would ${asks}`];
  return after.hold?.reason === "replay"
    ? [`stays held by an earlier replay, until the host's next event or "tally channels release ${plain(channel)}"`]
    : [];
}
