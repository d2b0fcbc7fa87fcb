import type { Providers } from "../../src/engine/index.ts";
import { type LiveViewers, RtmpUrl, StorageGrant } from "../../src/providers/index.ts";

interface Calls {
  acquire: Providers["cloudRecording"]["acquire"];
  start: Providers["cloudRecording"]["start"];
  query: Providers["cloudRecording"]["query"];
  updateRtmp: Providers["cloudRecording"]["updateRtmp"];
  updateStorage: Providers["cloudRecording"]["updateStorage"];
  stop: Providers["cloudRecording"]["stop"];
  createConverter: Providers["mediaPush"]["create"];
  getConverter: Providers["mediaPush"]["get"];
  findConverter: Providers["mediaPush"]["find"];
  updateConverterRtmp: Providers["mediaPush"]["updateRtmp"];
  arrangeConverter: Providers["mediaPush"]["arrange"];
  removeConverter: Providers["mediaPush"]["remove"];
  users: Providers["channels"]["users"];
  list: Providers["channels"]["list"];
  findByChannel: Providers["liveInputs"]["findByChannel"];
  create: Providers["liveInputs"]["create"];
  get: Providers["liveInputs"]["get"];
  configure: Providers["liveInputs"]["configure"];
  setEnabled: Providers["liveInputs"]["setEnabled"];
  look: Providers["delivery"]["look"];
  grant: Providers["storage"]["grant"];
  listVideos: Providers["videos"]["ofLiveInput"];
  deleteVideo: Providers["videos"]["remove"];
  views: LiveViewers["count"];
}

export type CallName = keyof Calls;

export interface FakeProviders {
  providers: Providers & { liveViewers: Pick<LiveViewers, "count"> };
  /** Every call in turn: its name and what it was given. */
  calls: { name: CallName; input: unknown }[];
  count(name: CallName): number;
  /** The next calls of this name are answered so; after that as usual. */
  answer<Name extends CallName>(
    name: Name,
    ...answers: ((...input: Parameters<Calls[Name]>) => ReturnType<Calls[Name]>)[]
  ): void;
}

/** Providers that do what they are asked, unless told otherwise. */
export function createFakeProviders(): FakeProviders {
  let resources = 0;
  const calls: FakeProviders["calls"] = [];
  const scripted = new Map<CallName, ((...input: never[]) => unknown)[]>();
  const slot = { ready: () => Promise.resolve() };

  const usual: Calls = {
    acquire: () => Promise.resolve({ ok: true, resourceId: `resource-${++resources}` }),
    start: ({ resourceId }) => Promise.resolve({ ok: true, recordingSid: `sid-of-${resourceId}` }),
    query: () => Promise.resolve({ ok: true, found: "running", rtmp: "publishing" }),
    updateRtmp: () => Promise.resolve({ ok: true }),
    updateStorage: () => Promise.resolve({ ok: true }),
    stop: () => Promise.resolve({ ok: true, outcome: "accepted" }),
    createConverter: ({ name }) => Promise.resolve({ ok: true, converterId: `id-of-${name}`, state: "connecting" }),
    getConverter: () => Promise.resolve({ ok: true, found: "exists", state: "running" }),
    findConverter: (_channel, name) =>
      Promise.resolve({ ok: true, converter: { converterId: `id-of-${name}`, name, state: "running" } }),
    updateConverterRtmp: () => Promise.resolve({ ok: true }),
    arrangeConverter: () => Promise.resolve({ ok: true }),
    removeConverter: () => Promise.resolve({ ok: true, outcome: "accepted" }),
    users: () =>
      Promise.resolve({ ok: true, channelExists: true, communication: false, broadcasters: [], audienceTotal: 3 }),
    list: () => Promise.resolve({ ok: true, names: [], total: 0 }),
    findByChannel: () => Promise.resolve({ ok: true, uid: null }),
    create: (channel) => Promise.resolve({ ok: true, liveInput: liveInputOf(`input-of-${channel}`) }),
    get: (uid) => Promise.resolve({ ok: true, liveInput: liveInputOf(uid) }),
    configure: (uid) => Promise.resolve({ ok: true, liveInput: liveInputOf(uid) }),
    setEnabled: () => Promise.resolve({ ok: true }),
    look: () => Promise.resolve({ ok: true, playable: true }),
    grant: () => Promise.resolve({ ok: true, grant: grantUntil(null) }),
    listVideos: () => Promise.resolve({ ok: true, videos: [] }),
    deleteVideo: () => Promise.resolve({ ok: true }),
    views: () => Promise.resolve(null),
  };

  function fake<Name extends CallName>(name: Name): Calls[Name] {
    const call = (...input: Parameters<Calls[Name]>) => {
      calls.push({ name, input: input[0] });
      const next = scripted.get(name)?.shift() ?? usual[name];
      return (next as (...given: Parameters<Calls[Name]>) => ReturnType<Calls[Name]>)(...input);
    };
    return call as unknown as Calls[Name];
  }

  return {
    providers: {
      cloudRecording: {
        acquire: fake("acquire"),
        start: fake("start"),
        query: fake("query"),
        updateRtmp: fake("updateRtmp"),
        updateStorage: fake("updateStorage"),
        stop: fake("stop"),
        reservePair: () => Promise.resolve({ acquire: slot, start: slot }),
      },
      mediaPush: {
        create: fake("createConverter"),
        get: fake("getConverter"),
        find: fake("findConverter"),
        updateRtmp: fake("updateConverterRtmp"),
        arrange: fake("arrangeConverter"),
        remove: fake("removeConverter"),
      },
      channels: { users: fake("users"), list: fake("list") },
      liveInputs: {
        findByChannel: fake("findByChannel"),
        create: fake("create"),
        get: fake("get"),
        configure: fake("configure"),
        setEnabled: fake("setEnabled"),
      },
      delivery: { look: fake("look") },
      storage: { grant: fake("grant") },
      videos: { ofLiveInput: fake("listVideos"), remove: fake("deleteVideo") },
      liveViewers: { count: fake("views") },
    },
    calls,
    count: (name) => calls.filter((call) => call.name === name).length,
    answer(name, ...answers) {
      scripted.set(name, [...(scripted.get(name) ?? []), ...(answers as ((...input: never[]) => unknown)[])]);
    },
  };
}

export function liveInputOf(uid: string) {
  return {
    uid,
    enabled: true,
    rtmpUrl: new RtmpUrl(`rtmps://live.example/live/key-of-${uid}`),
    state: "connected" as const,
    playbackBase: "https://customer-test.cloudflarestream.com",
    signed: null,
    isAsConfigured: true,
  };
}

/** Leave to write with keys that end then (ms), or never. */
export function grantUntil(until: number | null): StorageGrant {
  const target = { vendor: 1, region: 0, bucket: "recordings", accessKey: "key-of-storage", secretKey: "secret" };
  const end = until === null ? {} : { stsToken: "token-of-storage", stsExpiration: until / 1000 };
  return new StorageGrant({ ...target, ...end, fileNamePrefix: [] });
}

/** A refusal of Agora's. */
export function agoraRefusal(status: number | null, code: number | null = null) {
  const error = { provider: "agora" as const, operation: "start", status, code, message: "refused by the test" };
  return { ok: false as const, retryAfterMs: null, error };
}

/** A refusal of who gives leave to write. */
export function storageRefusal(final: boolean) {
  const error = { provider: "storage" as const, operation: "assume_role", status: 403, code: "AccessDenied" };
  return { ok: false as const, final, retryAfterMs: null, error: { ...error, message: "refused by the test" } };
}

/** A refusal of Cloudflare's. */
export function cloudflareRefusal(status: number | null, { final = false, notFound = false } = {}) {
  const error = {
    provider: "cloudflare" as const,
    operation: "get",
    status,
    code: null,
    message: "refused by the test",
  };
  return { ok: false as const, final, notFound, retryAfterMs: null, error };
}
