import type { Decision, EndReason } from "../events.ts";
import { presentHosts } from "../hosts.ts";
import { neverStarted, runs } from "../recorders.ts";
import type { ChannelState, Session } from "../state.ts";
import { requestPresenceCheck } from "./checkups.ts";
import type { Deciding, Rule } from "./deciding.ts";

/** A start whose answer never came may still turn out to run; a session waits so long for it before it closes. */
const unansweredStartMs = 90_000;

/** Ends the session when nobody wants it any more: from then on it wants no recorder. */
export const endSession: Rule = (state, deciding) => {
  const { session } = state;
  if (session === null || session.ending !== null) return [];
  const ending = (reason: EndReason): Decision[] => [{ type: "SessionEnding", session: session.number, reason }];

  // A replay's hold starts nothing and ends nothing: what ran before goes on.
  if (state.hold !== null && state.hold.reason !== "replay") return ending(state.hold.reason);
  if (deciding.due(session.openedAt + deciding.policy.maxSessionMs)) {
    return [{ type: "HoldSet", hold: state.holds + 1, reason: "max_duration" }];
  }
  if (state.host.present || isStartedByHand(state, deciding) || isWithinGrace(state, session, deciding)) return [];
  return ending(hostWasHere(state, session) ? "host_left" : "no_host");
};

/** Closes an ending session once nothing of it runs, or as soon as the next one is wanted: it never resumes. */
export const closeSession: Rule = (state, deciding) => {
  const { session } = state;
  if (session === null || session.ending === null || session.closedAt !== null) return [];
  const { reason, at } = session.ending;
  const closed: Decision[] = [{ type: "SessionClosed", session: session.number, reason }];
  if (state.hold === null && (state.host.present || isStartedByHand(state, deciding))) return closed;

  const open = Object.values(state.recorders).filter(
    (recorder) => recorder.session === session.number && recorder.state !== "ended" && !neverStarted(recorder),
  );
  if (open.some((recorder) => runs(recorder) && recorder.stop?.dead !== true)) return [];
  if (open.some((recorder) => !runs(recorder)) && !deciding.due(at + unansweredStartMs)) return [];
  return closed;
};

/** Opens a session for a manual start, or for a host. A join that is old news, or late, is asked about first. */
export const openSession: Rule = (state, deciding) => {
  if (state.hold !== null || (state.session !== null && state.session.closedAt === null)) return [];
  const opened = (cause: Session["cause"]): Decision[] => [
    {
      type: "SessionOpened",
      session: state.sessions + 1,
      cause,
      ...(deciding.resolution === "FHD" ? { resolution: "FHD" } : {}),
    },
  ];
  if (isStartedByHand(state, deciding)) return opened(state.host.present ? "host" : "manual");
  if (!state.host.present) return [];
  const fresh = presentHosts(state).some(
    (host) => host.by === "check" || (host.late !== true && host.ts * 1000 >= deciding.now - deciding.policy.staleMs),
  );
  return fresh ? opened("host") : requestPresenceCheck(state, deciding);
};

/** A manual start waits for its host only so long. */
export function isStartedByHand(state: ChannelState, { policy, due }: Deciding): boolean {
  return state.manualAt !== null && !due(state.manualAt + policy.manualStartMs);
}

function isWithinGrace(state: ChannelState, session: Session, { policy, due }: Deciding): boolean {
  const { sinceAt } = state.host;
  return sinceAt !== null && hostWasHere(state, session) && !due(sinceAt + policy.stopGraceMs);
}

function hostWasHere(state: ChannelState, session: Session): boolean {
  return session.cause === "host" || (state.host.sinceAt !== null && state.host.sinceAt > session.openedAt);
}
