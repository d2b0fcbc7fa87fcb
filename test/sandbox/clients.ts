import fetch from "node-fetch";

import type { Sandbox } from "../../src/sandbox/index.ts";

/** `Body` names the members that tests read, if the call succeeded. */
export interface Answer<Body = unknown> {
  status: number;
  headers: { get(name: string): string | null };
  body: Body;
}

interface LiveInputBody {
  result: {
    uid: string;
    meta: object;
    recording: { mode: string };
    deleteRecordingAfterDays: number | null;
    rtmps: { url: string; streamKey: string };
    status: unknown;
  };
}

/** One HTTP call. A string is sent as it is, anything else as JSON. */
export async function call(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json;charset=utf-8", ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : (JSON.parse(text) as unknown),
  };
}

/** The variable of Tally's environment. */
export function env(sandbox: Sandbox, name: string): string {
  const value = sandbox.environment[name];
  if (value === undefined) throw new Error(`the sandbox's environment has no ${name}`);
  return value;
}

/** Calls Agora as documented, by hand: the sandbox is written from the documents, and so is this. */
export function agoraClient(sandbox: Sandbox) {
  const basic = `${env(sandbox, "AGORA_CUSTOMER_ID")}:${env(sandbox, "AGORA_CUSTOMER_SECRET")}`;
  const authorization = `Basic ${Buffer.from(basic).toString("base64")}`;
  const appId = env(sandbox, "AGORA_APP_ID");
  const root = env(sandbox, "AGORA_API_URL");
  const recording = `${root}/v1/apps/${appId}/cloud_recording`;
  const ask = (method: string, url: string, body?: unknown, headers: Record<string, string> = {}) =>
    call(method, url, body, { authorization, ...headers });
  const task = (resourceId: string, sid: string) => `${recording}/resourceid/${resourceId}/sid/${sid}/mode/web`;

  return {
    root,
    appId,
    authorization,
    ask,
    acquire: (body: unknown) => ask("POST", `${recording}/acquire`, body) as Promise<Answer<{ resourceId: string }>>,
    start: (resourceId: string, body: unknown) =>
      ask("POST", `${recording}/resourceid/${resourceId}/mode/web/start`, body) as Promise<Answer<{ sid: string }>>,
    query: (resourceId: string, sid: string) => ask("GET", `${task(resourceId, sid)}/query`),
    update: (resourceId: string, sid: string, body: unknown) => ask("POST", `${task(resourceId, sid)}/update`, body),
    stop: (resourceId: string, sid: string, body: unknown) => ask("POST", `${task(resourceId, sid)}/stop`, body),
    channelUser: (channel: string) => ask("GET", `${root}/dev/v1/channel/user/${appId}/${encodeURIComponent(channel)}`),
    channelList: (search = "") => ask("GET", `${root}/dev/v1/channel/${appId}${search}`),
  };
}
export type AgoraClient = ReturnType<typeof agoraClient>;

export function cloudflareClient(sandbox: Sandbox) {
  const authorization = `Bearer ${env(sandbox, "CLOUDFLARE_STREAM_API_TOKEN")}`;
  const stream = `${env(sandbox, "CLOUDFLARE_API_URL")}/accounts/${env(sandbox, "CLOUDFLARE_STREAM_ACCOUNT_ID")}/stream`;
  const ask = (method: string, path: string, body?: unknown) =>
    call(method, `${stream}${path}`, body, { authorization });
  return {
    ask,
    stream,
    create: (body: unknown) => ask("POST", "/live_inputs", body) as Promise<Answer<LiveInputBody>>,
    get: (uid: string) => ask("GET", `/live_inputs/${uid}`) as Promise<Answer<LiveInputBody>>,
    list: () => ask("GET", "/live_inputs") as Promise<Answer<{ result: { liveInputs: object[]; total: number } }>>,
    update: (uid: string, body: unknown) => ask("PUT", `/live_inputs/${uid}`, body) as Promise<Answer<LiveInputBody>>,
    remove: (uid: string) => ask("DELETE", `/live_inputs/${uid}`),
    videos: (uid: string) =>
      ask("GET", `/live_inputs/${uid}/videos`) as Promise<Answer<{ result: { status: { state: string } }[] }>>,
  };
}
export type CloudflareClient = ReturnType<typeof cloudflareClient>;
