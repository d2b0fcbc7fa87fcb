import type {
  ChannelState,
  CheckFailed,
  IngestChecked,
  Policy,
  PresenceChecked,
  RecorderChecked,
} from "../live/index.ts";
import { doubtOf, isLive, reasonOf, runs } from "../live/index.ts";

/** What of a channel a provider was asked about. */
export type Asked = "host" | "recorder" | "picture";

export type CheckEvent = PresenceChecked | RecorderChecked | IngestChecked | CheckFailed;

/** A provider's answer as operators read it. */
export function answerInWords(answer: CheckEvent, about: Asked): string {
  switch (answer.type) {
    case "PresenceChecked":
      return presenceInWords(answer);
    case "RecorderChecked":
      return recorderInWords(answer);
    case "IngestChecked":
      return answer.state === "unknown"
        ? "Cloudflare doesn't say whether the picture arrives."
        : `Cloudflare says the picture is ${answer.state}.`;
    case "CheckFailed": {
      const { operation, status, message } = answer.error;
      const who = about === "picture" ? "Cloudflare" : "Agora";
      return `${who} gave no answer (${operation}${status === null ? "" : `, HTTP ${status}`}: ${message}).`;
    }
  }
}

function presenceInWords({ channelExists, broadcasters, communication, audienceTotal }: PresenceChecked): string {
  if (!channelExists) return "Agora says nobody is in the channel.";
  const verb = communication ? "are in the channel" : broadcasters.length === 1 ? "broadcasts" : "broadcast";
  const who = broadcasters.length === 0 ? "nobody broadcasts" : `${broadcasters.join(", ")} ${verb}`;
  return `Agora says ${who}${audienceTotal === null ? "" : `, ${audienceTotal} in the audience`}.`;
}

function recorderInWords({ found, rtmp }: RecorderChecked): string {
  switch (found) {
    case "running":
      return `Agora says the recorder runs${rtmp === null ? "" : `, RTMP ${rtmp}`}.`;
    case "exited":
      return "Agora says the recorder has ended.";
    case "not_found":
      return "Agora doesn't find the recorder: it is gone, or moving to another machine.";
  }
}

/**
 * What a channel does next, by what is known of it now.
 *
 * @param now - ms
 */
export function nextInWords(state: ChannelState, policy: Policy, now: number): string {
  const { session, host } = state;
  if (session === null || session.closedAt !== null) return "No session is open: nothing follows.";
  if (session.ending !== null) {
    const running = Object.values(state.recorders).some(runs);
    return running ? "The recording is being stopped." : "The session is being closed.";
  }
  const doubt = doubtOf(state, policy);
  if (doubt !== null) return `${doubt.message} It is asked again by itself.`;
  if (!host.present && session.cause === "host" && host.sinceAt !== null) {
    const seconds = Math.max(0, Math.ceil((host.sinceAt + policy.stopGraceMs - now) / 1000));
    return `The recording stops in ${seconds} s, unless the host comes back.`;
  }
  return isLive(state) ? "It is on air: nothing follows." : (reasonOf(state)?.message ?? "It is not on air yet.");
}
