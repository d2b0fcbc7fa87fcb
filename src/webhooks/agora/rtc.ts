import { z } from "zod";

import { anything, looseSeconds, looseUid, optionalNumber, optionalObject } from "../fields.ts";
import { event, ignored, type Interpretation, read, unrecognised } from "../interpretation.ts";
import { isHealthCheck } from "./health-check.ts";

const healthCheck = "health check";
const channelCreated = "channel created: its hosts say more";

/** Why events are ignored that never tell anything about a host. */
export const harmlessNotes = [healthCheck, channelCreated];

/** What an RTC channel event means. Agora docs: event-types/rtc. */
export function interpretRtc(eventType: number, payload: unknown): Interpretation {
  const { channelName, uid } = subject.parse(payload);
  if (isHealthCheck(channelName, uid)) return ignored(healthCheck);
  switch (eventType) {
    case 101:
      return ignored(channelCreated);
    case 102:
      return read(channelEnd, payload, ({ ts }) => event({ type: "ChannelDestroyed", ts }));
    case 103:
    case 107:
    case 111:
      return read(user, payload, ({ uid, seq, ts, clientType }) =>
        event({ type: "HostJoined", uid, seq, ts, clientType, communication: eventType === 107 }),
      );
    case 104:
    case 108:
    case 112:
      return read(user, payload, ({ uid, seq, ts, clientType, reason }) =>
        event({ type: "HostLeft", uid, seq, ts, clientType, communication: eventType === 108, reason }),
      );
    case 105:
    case 106:
      return read(user, payload, ({ uid, seq, ts, clientType }) =>
        event({ type: "AudienceSeen", uid, seq, ts, clientType }),
      );
    default:
      return unrecognised(`no RTC event that Tally knows: ${eventType}`);
  }
}

const subject = optionalObject({ channelName: anything, uid: anything });

const channelEnd = z.looseObject({ ts: looseSeconds });

/**
 * `clientSeq` is documented for all of these. Its samples are milliseconds since 1970, so where it is missing the
 * second in `ts` takes its place among the others of that user. As a Uint64 it may lose its last digits here, which
 * keeps the order of all but neighbours.
 */
const user = z
  .looseObject({
    uid: looseUid,
    ts: looseSeconds,
    clientSeq: optionalNumber,
    clientType: optionalNumber,
    reason: optionalNumber,
  })
  .transform((user) => ({ ...user, seq: user.clientSeq ?? user.ts * 1000 }));
