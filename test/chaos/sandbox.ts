import fetch from "node-fetch";

import type { ConverterEntry, RecordEntries, RecorderEntry } from "../../src/sandbox/world/record.ts";

interface Person {
  uid: number;
  role: "host" | "audience";
  clientType?: number;
  /** The streaming server of this converter, which comes and goes by itself. */
  ofConverter?: string;
}

/** What there is at the providers now. */
export interface SandboxState {
  channels: { name: string; people: Person[] }[];
  recorders: (RecorderEntry & { push: string | null })[];
  converters: (ConverterEntry & { push: string })[];
  liveInputs: { uid: string; meta: { tallyChannel?: string }; publishers: number }[];
}

/** The sandbox's control calls, over HTTP: it is another process. */
export interface SandboxClient {
  post(path: string, body?: object): Promise<void>;
  state(): Promise<SandboxState>;
  record(): Promise<RecordEntries>;
}

export function sandboxClient(url: string): SandboxClient {
  async function call(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${url}/sandbox${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}: ${await answer.text()}`);
    return answer.json();
  }
  return {
    async post(path, body) {
      await call("POST", path, body);
    },
    state: async () => (await call("GET", "/state")) as SandboxState,
    record: async () => (await call("GET", "/record")) as RecordEntries,
  };
}
