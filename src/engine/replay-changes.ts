import { type ChannelState, modeOf, type Recorder, type Status } from "../live/index.ts";

/** One thing that is otherwise in the new state. */
export interface ReplayChange {
  /** A member of the status, `host.present`; or what of the state it is about, `recorder res-1`. */
  path: string;
  before: Scalar;
  after: Scalar;
}

export type Scalar = string | number | boolean | null;

interface Side {
  status: Status;
  state: ChannelState;
}

/**
 * What people see differ between two states of a channel: first of its status, then of what the status doesn't show, in
 * words. Two states may differ in details that neither tells. Pure.
 */
export function changesBetween(before: Side, after: Side): ReplayChange[] {
  return [
    ...differences(leavesOf(withoutVersion(before.status)), leavesOf(withoutVersion(after.status))),
    ...differences(inWords(before.state), inWords(after.state)),
  ];
}

/** Whether the channel's last broadcast is over: to start anything for it needs more than to act. Pure. */
export function isEnded({ session }: ChannelState): boolean {
  return session !== null && session.closedAt !== null;
}

function differences(before: Map<string, Scalar>, after: Map<string, Scalar>): ReplayChange[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .map((path) => ({ path, before: before.get(path) ?? null, after: after.get(path) ?? null }))
    .filter((change) => change.before !== change.after);
}

/** These change with every replay that changes anything. */
function withoutVersion({ version: _version, updatedAt: _updatedAt, ...status }: Status): object {
  return status;
}

/** Every member that is no object, by its path. */
function leavesOf(value: object, prefix = ""): Map<string, Scalar> {
  const leaves = Object.entries(value).flatMap(([name, member]: [string, unknown]) =>
    typeof member === "object" && member !== null
      ? [...leavesOf(member, `${prefix}${name}.`)]
      : [[`${prefix}${name}`, member as Scalar] as const],
  );
  return new Map(leaves);
}

function inWords(state: ChannelState): Map<string, Scalar> {
  const { liveInput, sessions, missed, manualAt, videos = {}, deletions = {} } = state;
  const present = Object.keys(state.presence).filter((uid) => state.presence[uid]?.present);
  return new Map<string, Scalar>([
    ["sessions", sessions],
    ["in the channel", present.length === 0 ? null : present.sort().join(", ")],
    ["start asked for", manualAt === null ? null : new Date(manualAt).toISOString()],
    ["live input", liveInput.uid === null ? null : `${liveInput.uid}${liveInput.disabled ? ", disabled" : ""}`],
    ...Object.entries(state.recorders).map(([id, recorder]) => [`recorder ${id}`, wordsOf(recorder)] as const),
    ["videos awaited", Object.keys(videos).length],
    ["videos to delete", Object.keys(deletions).length],
    ["notifications not seen", (missed?.recording ?? 0) + (missed?.presence ?? 0)],
  ]);
}

function wordsOf(recorder: Recorder): string {
  const { state, stop, recordingSid } = recorder;
  const words = [
    modeOf(recorder),
    state,
    recordingSid,
    stop?.dead === true ? "stop given up" : stop && "being stopped",
  ];
  return words.filter((word) => word !== null).join(", ");
}
