import { createTallyClient, type Metrics, type Status, type StatusToken } from "@tally/client";

import { labels, lightOf } from "./light.ts";
import { createPlayer } from "./player.ts";
import { showViewers } from "./viewers.ts";

interface Settings {
  tallyUrl: string;
  channel: string;
  /** How often viewers are counted. */
  stepSeconds: number;
}

function find(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}`);
  return found;
}

const light = find("light");
const label = find("label");
const reason = find("reason");
const connection = find("connection");
const video = find("video") as HTMLVideoElement;
const player = createPlayer(video, (isThere) => {
  video.hidden = !isThere;
  find("no-picture").hidden = isThere;
});

/** Of our own backend. */
async function ask<Answer>(path: string, method = "GET"): Promise<Answer> {
  const response = await fetch(path, { method });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as Answer;
}

function show(status: Status): void {
  light.dataset.light = lightOf(status);
  label.textContent = labels[lightOf(status)];
  reason.textContent = status.reason?.message ?? "";
  const { playback, playable, state, sessionId } = status;
  // While a session is open there is a link, so a short drop doesn't stop the player.
  if (playback === null || state === "stopping") player.stop();
  else if (playable) player.play(playback.hls, sessionId);
}

function tellConnection(text: string): void {
  connection.hidden = text === "";
  connection.textContent = text;
}

async function refreshViewers(): Promise<void> {
  // What can't be told now is told the next time.
  await ask<Metrics>("metrics").then(showViewers, () => undefined);
}

async function main(): Promise<void> {
  const { tallyUrl, channel, stepSeconds } = await ask<Settings>("settings");
  find("channel").textContent = channel;

  let current: Status | null = null;
  void refreshViewers();
  setInterval(() => {
    if (current?.live === true && !document.hidden) void refreshViewers();
  }, stepSeconds * 1000);

  const tally = createTallyClient({
    baseUrl: tallyUrl,
    getToken: async () => (await ask<StatusToken>("status-token", "POST")).token,
  });
  const statuses = tally.watchStatus(channel, {
    onState: (state) =>
      tellConnection(state === "open" || current === null ? "" : "Connecting again: this may be out of date."),
  });
  for await (const status of statuses) {
    current = status;
    show(status);
  }
}

main().catch((error: unknown) => {
  // Refused for good; what passes by itself, `watchStatus` has tried again.
  console.error(error);
  player.stop();
  light.dataset.light = "trouble";
  label.textContent = "Your broadcast can't be shown";
  reason.textContent = error instanceof Error ? error.message : String(error);
});
