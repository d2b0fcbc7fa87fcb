import { isDeepStrictEqual } from "node:util";

import { defaultPolicy } from "../../src/live/index.ts";
import { explainedRecorders, isPresenceTold } from "./explained.ts";
import type { Observer } from "./observer.ts";
import type { Plan } from "./plan.ts";
import { promises } from "./promises.ts";
import type { ProviderModel } from "./providers.ts";
import type { Service } from "./service.ts";
import { clock } from "./tell.ts";

/** An evening that is over. */
export interface Ended {
  plan: Plan;
  observer: Observer;
  providers: ProviderModel;
  service: Service;
  /** Seconds that its trouble allows every promise to take longer. */
  allowedSeconds: number;
  /** Nothing was left to happen. */
  isAtRest: boolean;
}

/** The promises that an evening broke, in words. */
export function brokenPromises(ended: Ended): string[] {
  return [...tooLong(ended), ...needless(ended), ...mistold(ended), ...unfinished(ended)];
}

/** What may be told of a session after what; a degraded one is told again only when it has been well. */
const mayFollow: Record<string, readonly string[]> = {
  "": ["live.started"],
  "live.started": ["live.playable", "live.degraded", "live.ended"],
  "live.playable": ["live.degraded", "live.ended"],
  "live.degraded": ["live.playable", "live.ended"],
  "live.ended": [],
};

function mistold({ service }: Ended): string[] {
  const broken: string[] = [];
  const told = service.log.flatMap(({ event }) => (event.type === "Announced" ? [event] : []));
  for (let session = 1; session <= service.state.sessions; session += 1) {
    const types = told.filter((event) => event.session === session).map(({ notification }) => notification);
    const lights = types.filter((type) => type.startsWith("live."));
    const wrong = lights.findIndex((type, i) => mayFollow[lights[i - 1] ?? ""]?.includes(type) !== true);
    if (wrong >= 0) broken.push(`what is told of a session follows its light: ${lights.join(", ")}`);
    const isOver = service.state.session?.number !== session || service.state.session.closedAt !== null;
    if (isOver && lights.length > 0 && lights.at(-1) !== "live.ended") {
      broken.push(`of a session that was told, the end is told: ${lights.join(", ")}`);
    }
  }
  return broken;
}

function tooLong({ observer, allowedSeconds }: Ended): string[] {
  return [...observer.watch.longest].flatMap(([name, { from, to }]) => {
    const { words, seconds } = promises[name];
    const limit = seconds + allowedSeconds;
    const lasted = (to - from) / 1000;
    return lasted <= limit
      ? []
      : [`${words}: it was so for ${lasted} s from ${clock(from)}, and ${limit} s are allowed`];
  });
}

function needless({ plan, observer, providers, service }: Ended): string[] {
  const broken: string[] = [];
  const { unwantedStarts, decidedTwice, runaway, state } = service;
  if (unwantedStarts.length > 0) broken.push(`nothing unwanted is started: ${unwantedStarts.join(", ")} was`);
  if (decidedTwice.length > 0) broken.push(`every effect once: ${decidedTwice.join(", ")} was decided again`);
  if (runaway) broken.push("decisions come to an end");

  const asked = needlessQuestions(service.log);
  if (asked !== null) broken.push(`whether viewers can watch is asked a bounded number of times: ${asked}`);

  const started = providers.recorders.length;
  const explained = explainedRecorders(plan, state.sessions);
  if (started > explained) {
    broken.push(`no recorder is started needlessly: ${started} were, and ${explained} are explained`);
  }
  if (isPresenceTold(plan) && state.sessions > observer.stays) {
    const words = "a host who is back within the grace keeps her session";
    broken.push(`${words}: there were ${state.sessions} for ${observer.stays} stays`);
  }
  return broken;
}

/**
 * Of one broadcast: the planned questions, then one a minute, and none after a yes.
 *
 * @returns what was asked too often; null if nothing was
 */
function needlessQuestions(log: Service["log"]): string | null {
  const broadcasts = new Map<number, { firstAt: number; count: number; check: number; plays: boolean }>();
  for (const { at, event } of log) {
    if (event.type === "PlaybackCheckRequested") {
      const { broadcast, check } = event;
      const known = broadcasts.get(broadcast) ?? { firstAt: at, count: 0, check, plays: false };
      if (known.plays) return `broadcast ${broadcast} after it was seen to play`;
      const count = known.count + 1;
      const most = defaultPolicy.playableCheckMs.length + Math.ceil((at - known.firstAt) / 60_000);
      if (count > most) return `broadcast ${broadcast} ${count} times`;
      broadcasts.set(broadcast, { ...known, count, check });
    }
    if (event.type !== "PlaybackChecked" || event.playable !== true) continue;
    for (const known of broadcasts.values()) if (known.check === event.check) known.plays = true;
  }
  return null;
}

function unfinished({ isAtRest, providers, service }: Ended): string[] {
  const { state, openEffects } = service;
  if (!isDeepStrictEqual(service.rebuilt(), state)) return ["a rebuild from the log gives the same state"];
  if (!isAtRest) return ["when everybody has left, the channel comes to rest"];

  const broken: string[] = [];
  const running = providers.recorders.filter(({ runs }) => runs).map(({ sid }) => sid);
  if (running.length > 0) broken.push(`every recorder ends: ${running.join(", ")} did not`);
  const open = Object.entries(state.recorders).filter(([, recorder]) => recorder.state !== "ended");
  if (open.length > 0) broken.push(`every recorder's end is known: ${open.map(([id]) => id).join(", ")} is open`);
  if (state.session !== null && state.session.closedAt === null) broken.push("the session is closed");
  const awaited = Object.keys(state.videos ?? {});
  if (awaited.length > 0) broken.push(`every video is found, or given up: of session ${awaited.join(", ")} it is not`);
  if (openEffects.length > 0) broken.push(`every effect is concluded: ${openEffects.map(({ key }) => key).join(", ")}`);
  return broken;
}
