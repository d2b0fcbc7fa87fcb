/** Every webhook type that Tally knows by name, and what to call it in a list. The fixtures have one body for each. */
export const eventTypes: Readonly<Record<string, string>> = {
  "rtc.101": "channel created",
  "rtc.102": "channel destroyed",
  "rtc.103": "host joined",
  "rtc.104": "host left",
  "rtc.105": "audience joined",
  "rtc.106": "audience left",
  "rtc.107": "user joined",
  "rtc.108": "user left",
  "rtc.111": "audience became host",
  "rtc.112": "host became audience",

  "recording.1": "recording error",
  "recording.2": "recording warning",
  "recording.3": "recording status",
  "recording.4": "first file listed",
  "recording.11": "recording session exited",
  "recording.12": "recorder failed over",
  "recording.13": "recorder failover ready",
  "recording.30": "upload started",
  "recording.31": "files uploaded",
  "recording.32": "files backed up",
  "recording.33": "upload progress",
  "recording.40": "recorder started",
  "recording.41": "recorder left the channel",
  "recording.42": "recording slice started",
  "recording.43": "audio of a user changed",
  "recording.44": "video of a user changed",
  "recording.45": "snapshot taken",
  "recording.60": "VOD upload started",
  "recording.61": "VOD upload triggered",
  "recording.70": "page recorder started",
  "recording.71": "page recorder stopped",
  "recording.72": "page recorder hit a limit",
  "recording.73": "page reloaded",
  "recording.80": "transcoding started",
  "recording.81": "transcoding completed",
  "recording.90": "download failed",
  "recording.100": "push status",
  "recording.1001": "transcoding result",

  "push.1": "converter created",
  "push.2": "converter updated",
  "push.3": "converter state",
  "push.4": "converter destroyed",

  "pull.1": "player created",
  "pull.3": "player destroyed",
  "pull.4": "player status",

  "ncs.unknown": "not a notification of Agora",

  "live_input.connected": "ingest connected",
  "live_input.disconnected": "ingest disconnected",
  "live_input.errored": "ingest error",
  "notification.test": "test message",
  "notification.other": "other notification",
  "video.ready": "video ready",
  "video.error": "video failed",
  "video.other": "video in progress",
  unknown: "not JSON",
};

/**
 * A short phrase for a list.
 *
 * @param type - of any event in the log; one that is in no table describes itself
 */
export function describeType(type: string): string {
  if (Object.hasOwn(eventTypes, type)) return eventTypes[type] ?? type;
  return type
    .replace(/^(rtc|recording|push|pull)\.(\d+)$/, "$1 event $2")
    .replace(/^ncs\.(\d+)\.(\d+)$/, "event $2 of Agora product $1");
}

/**
 * A note as it reads beside the type's description, without repeating that: of "channel created: its hosts say more" what
 * follows the colon.
 */
export function noteBeside(type: string, note: string | null): string | null {
  const repeated = `${describeType(type)}: `;
  return note?.startsWith(repeated) === true ? note.slice(repeated.length) : note;
}
