import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import fetch from "node-fetch";

import { developmentCredentials } from "../config/index.ts";

export interface Relay {
  kind: "recording" | "converter";
  isOver: boolean;
}

/** A whole service beside its sandbox, in processes of their own. */
export interface DemoService {
  url: string;
  /** The operators' key. */
  apiKey: string;
  sandboxUrl: string;
  /** GET from the API; null for 404. */
  get<T>(path: string): Promise<T | null>;
  /** Lets something happen in the sandbox. */
  tell(path: string, body?: object): Promise<unknown>;
  /** What the sandbox saw of what carried the picture, a recording or a converter. */
  relays(): Promise<Relay[]>;
  /** What to try once the evening is over. */
  invitation: string;
  stop(): Promise<void>;
}

interface SandboxRecord {
  recorders: { endedAt: number | null }[];
  converters: { destroyedAt: number | null }[];
}

const startTimeoutMs = 60_000;
/** Shorter than the default, so that the evening is. */
const graceSeconds = 5;
/**
 * What the providers do in their own time goes at a tenth, except that these take as long as in the sandbox else: so
 * only the hold of the live input gets shorter (60 s), after which Cloudflare makes the video.
 */
const pace = 0.1;
const keptDelays = {
  recorderStartedMs: 1_000,
  pushAnsweredMs: 500,
  pushEndedMs: 200,
  recorderStoppedMs: 500,
  converterStartedMs: 500,
  ingestConnectedNoticeMs: 1_000,
  ingestDisconnectedNoticeMs: 500,
  playableMs: 2_000,
};

/**
 * @param settings - of the service, over the demo's own
 * @throws if the service doesn't become ready; the message has its own last words
 */
export async function startService(settings: Record<string, string> = {}): Promise<DemoService> {
  const dataDir = await mkdtemp(join(tmpdir(), "tally-demo-"));
  const [port, sandboxPort] = [await freePort(), await freePort()];
  const environment = {
    ...withoutSettings(process.env),
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    TALLY_DATA_DIR: dataDir,
    STOP_GRACE_SECONDS: String(graceSeconds),
    // The hold of the live input, at the sandbox's pace.
    PLAYBACK_HOLD_SECONDS: String(60 * pace),
    LOG_LEVEL: "warn",
    ...settings,
  };
  const entry = fileURLToPath(import.meta.resolve("../main.js"));
  const child = spawn(process.execPath, [entry], {
    env: environment,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let words = "";
  const listen = (chunk: Buffer) => (words = `${words}${chunk.toString()}`.slice(-4_000));
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);

  const url = `http://127.0.0.1:${port}`;
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  const stop = async () => {
    child.kill("SIGTERM");
    await gone;
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await until(
      () => isReady(url),
      () => child.exitCode !== null,
    );
  } catch {
    await stop();
    throw new Error(`the service did not start.\n${words.trim()}`);
  }

  const { apiKey } = await developmentCredentials(dataDir);
  const tell = async (path: string, body: object = {}) => {
    const answer = await fetch(`${sandboxUrl}/sandbox${path}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`the sandbox refused ${path}: ${await answer.text()}`);
    return answer.json();
  };
  const delays = Object.fromEntries(Object.entries(keptDelays).map(([name, ms]) => [name, ms / pace]));
  await tell("/settings", { pace, delays });
  return {
    url,
    apiKey,
    sandboxUrl,
    async get<T>(path: string) {
      const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${apiKey}` } });
      if (answer.status === 404) return null;
      if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    tell,
    async relays() {
      const answer = await fetch(`${sandboxUrl}/sandbox/record`);
      const { recorders, converters } = (await answer.json()) as SandboxRecord;
      return [
        ...recorders.map(({ endedAt }) => ({ kind: "recording" as const, isOver: endedAt !== null })),
        ...converters.map(({ destroyedAt }) => ({ kind: "converter" as const, isOver: destroyedAt !== null })),
      ];
    },
    invitation: invitation({ url, sandboxUrl, apiKey, dataDir }),
    stop,
  };
}

function invitation(at: { url: string; sandboxUrl: string; apiKey: string; dataDir: string }): string {
  return `
Everything stays up; Ctrl-C ends it and removes its data. To try in another terminal:

  a host joins:  curl -X POST ${at.sandboxUrl}/sandbox/channels/demo/hosts/7/join
  the status:    curl -H 'Authorization: Bearer ${at.apiKey}' \\
                   ${at.url}/v1/channels/demo/status
  the log:       TALLY_DATA_DIR=${at.dataDir} \\
                   npm run -s tally -- events list --channel demo

src/sandbox/README.md lists what else the sandbox can be told.
`;
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`).catch(() => null);
  return answer?.status === 200;
}

async function until(isTrue: () => Promise<boolean>, isHopeless: () => boolean): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (!(await isTrue())) {
    if (isHopeless() || Date.now() > deadline) throw new Error("not ready");
    await wait(100);
  }
}

/**
 * The demo is the same everywhere: a database or accounts that are set for another purpose are left in peace. What
 * carries the picture can be chosen.
 */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "USER", "LANG", "TMPDIR", "TZ", "NO_COLOR", "RELAY_MODE"];
  return Object.fromEntries(kept.map((name) => [name, environment[name]]));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port was found");
  return address.port;
}
