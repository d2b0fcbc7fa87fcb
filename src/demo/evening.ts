import { setTimeout as wait } from "node:timers/promises";

import type { DemoService } from "./service.ts";

interface Status {
  state: string;
  live: boolean;
  playable: boolean;
  reason: { code: string; message: string } | null;
  host: { present: boolean };
  playback: { hls: string } | null;
  sessionId: string | null;
}

interface Session {
  recordedSeconds: number;
  recordedSecondsWithoutHost: number;
  video: { ready: boolean; hls: string | null } | null;
}

const channel = "demo";
const host = `/channels/${channel}/hosts/1001`;
const stepTimeoutMs = 30_000;
/** The host's phone loses its network: Agora's `reason` 10. */
const networkTrouble = { reason: 10 };

/**
 * Plays one evening and tells it: she joins, goes live, drops, is back, leaves, and the video is ready.
 *
 * @param tell - takes a line of the story
 * @returns what did not come true; empty if all did
 */
export async function playEvening(service: DemoService, tell: (line: string) => void): Promise<string[]> {
  const startedAt = Date.now();
  const seconds = () => ((Date.now() - startedAt) / 1000).toFixed(1).padStart(5);
  const narrate = (what: string) => tell(`${seconds()} s  ${what}`);
  const story = followStatus(service, (status) => narrate(`  -> ${describe(status)}`));

  narrate(`A host joins the channel "${channel}".`);
  await service.tell(`${host}/join`);
  const live = await story.until("live", (status) => status.live);
  await story.until("playable", (status) => status.playable);
  narrate(`Viewers watch ${live?.playback?.hls ?? "nothing: there is no playback link"}`);

  await wait(2_000);
  narrate("Her connection drops …");
  await service.tell(`${host}/leave`, networkTrouble);
  await story.until("the host away", (status) => !status.host.present);
  await wait(2_000);
  narrate("… and comes back within the grace.");
  await service.tell(`${host}/join`);
  const back = await story.until("live again", (status) => status.live);
  const afterDrop = await service.relays();

  await wait(2_000);
  narrate("She says goodbye and leaves.");
  await service.tell(`${host}/leave`);
  await story.until("stopping", (status) => status.state === "stopping");
  await story.until("stopped", (status) => status.state === "stopped");
  const session = await sessionWithVideo(service, live?.sessionId ?? null);
  narrate(session?.video?.ready === true ? `The video is ready: ${session.video.hls ?? ""}` : "No video came.");
  story.stop();

  const relays = await service.relays();
  const kind = relays[0]?.kind ?? "recording";
  const carried = `${session?.recordedSeconds.toFixed(1) ?? "?"} s ${kind === "recording" ? "recorded" : "pushed"}`;
  const without = `${session?.recordedSecondsWithoutHost.toFixed(1) ?? "?"} s of them without a host`;
  tell(`\nAgora's side: ${relays.length} ${kind}; ${carried}, ${without}.`);
  return [
    ...story.missed,
    ...(afterDrop.length === 1 ? [] : [`the drop made a second ${kind}`]),
    ...(back?.sessionId === live?.sessionId ? [] : ["the drop made a second session"]),
    ...(relays.length === 1 ? [] : [`there were ${relays.length} ${kind}s instead of 1`]),
    ...(relays.every(({ isOver }) => isOver) ? [] : [`a ${kind} still runs`]),
    ...(session?.video?.ready === true ? [] : ["the video is not ready"]),
  ];
}

/** Looks at the status as an app without push would, and tells each change. */
function followStatus(service: DemoService, onChange: (status: Status) => void) {
  const missed: string[] = [];
  let last: Status | null = null;
  let told = "";
  let isStopped = false;

  async function look(): Promise<Status | null> {
    const status = await service.get<Status>(`/v1/channels/${channel}/status`);
    if (status !== null && describe(status) !== told) onChange(status);
    told = status === null ? told : describe(status);
    last = status;
    return status;
  }

  return {
    missed,
    async until(what: string, isIt: (status: Status) => boolean): Promise<Status | null> {
      const deadline = Date.now() + stepTimeoutMs;
      while (!isStopped && Date.now() < deadline) {
        const status = await look();
        if (status !== null && isIt(status)) return status;
        await wait(50);
      }
      missed.push(`waited ${stepTimeoutMs / 1000} s for: ${what}`);
      return last;
    },
    stop() {
      isStopped = true;
    },
  };
}

async function sessionWithVideo(service: DemoService, sessionId: string | null): Promise<Session | null> {
  if (sessionId === null) return null;
  const deadline = Date.now() + stepTimeoutMs;
  for (;;) {
    const session = await service.get<Session>(`/v1/sessions/${sessionId}`);
    if (session?.video != null || Date.now() > deadline) return session;
    await wait(100);
  }
}

function describe({ state, live, playable, reason }: Status): string {
  return `${state.padEnd(9)}  ${live ? "live" : "not live"}${playable ? ", playable" : ""}${reason === null ? "" : `: ${reason.message}`}`;
}
