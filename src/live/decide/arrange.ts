import { hostsShown } from "../hosts.ts";
import { modeTraits } from "../modes.ts";
import { modeOf, relayRecorder, updatesOf } from "../recorders.ts";
import type { Layout } from "../state.ts";
import { overdueMs, type Rule } from "./deciding.ts";

/** Of one converter, Agora takes two changes a second (Agora docs: media-push, restful-api). */
const apartMs = 1_000;
/** How long after a refusal the layout is told again, twice as long each time. */
const againMs = { first: 2_000, most: 30_000 };

/**
 * Hosts came or went, and the recorder has to be told whom to show. One layout at a time, so that the newest is the last
 * one told. While nobody is here it stays as it was: whoever is back within the grace finds her place.
 */
export const arrangeHosts: Rule = (state, { due }) => {
  const { relay, session } = state;
  const recorder = relayRecorder(state);
  if (relay?.resourceId == null || session === null || recorder?.state !== "running") return [];
  if (!modeTraits[modeOf(recorder)].isArranged || recorder.recordingSid === null) return [];
  const { shown, rounds, takenAt, asked } = recorder.layout ?? neverTold;
  if (asked !== null && !due(againAt(asked))) return [];
  const hosts = hostsShown(state);
  if (hosts.length === 0 || (asked === null && String(hosts) === String(shown))) return [];
  if (takenAt !== undefined && !due(takenAt + apartMs)) return [];
  const { resourceId, attempt } = relay;
  const sequence = updatesOf(recorder);
  return [
    { type: "LayoutRequested", session: session.number, attempt, resourceId, round: rounds + 1, sequence, hosts },
  ];
};

const neverTold: Layout = { shown: [], rounds: 0, asked: null };

function againAt({ at, failedAt, failures }: NonNullable<Layout["asked"]>): number {
  if (failedAt === null) return at + overdueMs;
  return failedAt + Math.min(againMs.first * 2 ** (failures - 1), againMs.most);
}
