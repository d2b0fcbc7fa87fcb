import type { Decision, RelayMode } from "../events.ts";
import { ingestUnrecoverable } from "../picture.ts";
import type { Policy } from "../policy.ts";
import { modeOf } from "../recorders.ts";
import type { ChannelState, Session } from "../state.ts";
import { reservedUids } from "../uids.ts";
import type { Deciding, Rule } from "./deciding.ts";
import { isStartedByHand } from "./session.ts";

/** An acquired resource is good for five minutes (Agora docs: acquire); a margin for the call itself. */
const resourceFreshMs = 4.5 * 60_000;
/** Agora's advice for 206/65: the same resource again after 3 s and 6 s, then a new one. */
const startsPerResource = 3;
/** How long a channel waits for a place before it looks again by itself. */
const capacityRetryMs = 30_000;

/** The wait before the next try after so many failed ones in a row; null when that was the last. */
export function startDelayMs(failures: number, policy: Policy): number | null {
  if (failures === 0) return 0;
  return [...policy.startRetryMs, ...policy.recoveryMs][failures - 1] ?? null;
}

/** 1, 2, 4, 8 … seconds after a relay that ran was lost. */
function restartDelayMs(restarts: number): number {
  return restarts === 0 ? 0 : 1000 * 2 ** (restarts - 1);
}

/** Every channel has one live input, made when it is first wanted and then kept. */
export const requestLiveInput: Rule = (state, deciding) => {
  if (state.liveInput.uid !== null || state.liveInput.pending) return [];
  return whenWanted(state, deciding, () => [{ type: "LiveInputRequested", attempt: state.liveInput.attempts + 1 }]);
};

/**
 * A recorder of this session whose start was never answered turns out to run while the next try is being waited for: it
 * is kept, instead of being stopped for another.
 */
export const adoptRunning: Rule = (state) => {
  const { session } = state;
  if (session === null || session.ending !== null || state.hold !== null || state.relay !== null) return [];
  const [found] = Object.entries(state.recorders).filter(
    ([, recorder]) =>
      recorder.state === "running" &&
      recorder.session === session.number &&
      !recorder.released &&
      recorder.stop === null,
  );
  if (found === undefined) return [];
  const [resourceId, recorder] = found;
  const { attempt, uid } = recorder;
  return [{ type: "RelayAdopted", session: session.number, attempt, uid, mode: modeOf(recorder), resourceId }];
};

/** The open session wants a recorder and has none. */
export const requestRelay: Rule = (state, deciding) => {
  if (state.liveInput.uid === null || state.relay !== null) return [];
  return whenWanted(state, deciding, (session) => {
    const attempt = session.attempts + 1;
    if (!deciding.capacityFree) {
      deciding.due(deciding.now + capacityRetryMs);
      if (session.failure?.kind === "capacity") return [];
      return [{ type: "RelayPostponed", session: session.number, attempt }];
    }
    const mode = state.relayMode ?? deciding.defaultMode;
    const resumed = resumable(state, session, mode, deciding.now);
    return [
      {
        type: "RelayRequested",
        session: session.number,
        attempt,
        uid: resumed?.uid ?? nextUid(state),
        mode,
        resourceId: resumed?.resourceId ?? null,
      },
    ];
  });
};

/** Runs `request` if the open session may try now; gives up if it has tried enough. */
function whenWanted(state: ChannelState, deciding: Deciding, request: (session: Session) => Decision[]): Decision[] {
  const { session } = state;
  if (session === null || session.ending !== null || state.hold !== null) return [];
  // Within the grace nothing is started: if she comes back, that event asks again.
  if (!state.host.present && !isStartedByHand(state, deciding)) return [];
  if (ingestUnrecoverable(state)) return [];

  const { failure } = session;
  const delay = startDelayMs(session.failures, deciding.policy);
  const exhausted = delay === null || session.restarts > deciding.policy.maxRestarts;
  if (exhausted || failure?.final === true) return [{ type: "HoldSet", hold: state.holds + 1, reason: "gave_up" }];
  if (failure !== null) {
    const wait = Math.max(ownDelayMs(failure.kind, delay, session), failure.retryAfterMs ?? 0);
    if (!deciding.due(failure.at + wait)) return [];
  }
  return request(session);
}

function ownDelayMs(kind: NonNullable<Session["failure"]>["kind"], startDelay: number, session: Session): number {
  switch (kind) {
    case "live_input":
    case "start":
      return startDelay;
    case "lost":
      return restartDelayMs(session.restarts);
    case "capacity":
      // A refusal by the provider carries an error, and is not asked again at once; our own limit is looked at each time.
      return session.failure?.error === null ? 0 : capacityRetryMs;
  }
}

function resumable(
  state: ChannelState,
  session: Session,
  mode: RelayMode,
  now: number,
): { resourceId: string; uid: number } | null {
  const recorder = session.resume === null ? undefined : state.recorders[session.resume];
  if (session.resume === null || recorder === undefined || modeOf(recorder) !== mode) return null;
  const fresh = recorder.state === "acquired" && now - recorder.acquiredAt < resourceFreshMs;
  return fresh && recorder.starts < startsPerResource ? { resourceId: session.resume, uid: recorder.uid } : null;
}

/** Each new attempt takes the other uid: two recorders with one uid refuse or end each other. */
function nextUid(state: ChannelState): number {
  const { recorder, spare } = reservedUids(state.channelId);
  return state.lastUid === recorder ? spare : recorder;
}
