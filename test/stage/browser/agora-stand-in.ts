import type {
  ClientConfig,
  ConnectionState,
  IAgoraRTC,
  IAgoraRTCClient,
  IAgoraRTCRemoteUser,
  IRemoteAudioTrack,
  IRemoteVideoTrack,
  UID,
  VideoPlayerConfig,
} from "agora-rtc-sdk-ng";

/**
 * Stands for Agora's Web SDK where there is no Agora: as much of it as the page uses, with pictures painted and sounds
 * made in the browser. It refuses what the real one refuses. A test says through `window.agora` who is in the channel.
 */
class VideoTrack implements Pick<IRemoteVideoTrack, "play" | "stop"> {
  readonly #source: Source;
  #player: HTMLElement | null = null;

  constructor(source: Source) {
    this.#source = source;
  }

  play(element: string | HTMLElement, config?: VideoPlayerConfig): void {
    if (typeof element === "string") throw new Error("the stand-in takes elements only");
    if (this.#player?.parentElement === element) return;
    this.stop();
    const player = document.createElement("div");
    player.style.cssText = "width:100%;height:100%;position:relative;overflow:hidden;background-color:black";
    const video = document.createElement("video");
    video.style.cssText = `width:100%;height:100%;position:absolute;object-fit:${config?.fit ?? "cover"}`;
    video.muted = true;
    video.playsInline = true;
    video.srcObject = this.#source.stream();
    player.append(video);
    element.append(player);
    this.#player = player;
    void video.play().catch(() => undefined);
  }

  stop(): void {
    this.#player?.remove();
    this.#player = null;
  }
}

class AudioTrack implements Pick<IRemoteAudioTrack, "play" | "stop"> {
  readonly #context = new AudioContext();

  play(): void {
    const oscillator = this.#context.createOscillator();
    oscillator.connect(this.#context.destination);
    oscillator.start();
  }

  stop(): void {
    void this.#context.close();
  }

  get isHeard(): boolean {
    return this.#context.state === "running" && this.#context.currentTime > 0;
  }
}

class RemoteUser implements Pick<IAgoraRTCRemoteUser, "uid" | "hasAudio" | "hasVideo"> {
  readonly uid: number;
  hasAudio = false;
  hasVideo = false;
  videoTrack?: VideoTrack | undefined;
  audioTrack?: AudioTrack | undefined;

  constructor(uid: number) {
    this.uid = uid;
  }
}

/** A moving pattern in a colour of its uid, framed in white so that a missing edge is seen. */
class Source {
  readonly #canvas = document.createElement("canvas");
  readonly #timer: number;
  readonly #colour: string;
  #frozen = false;
  #at = 0;

  constructor(colour: string, width: number, height: number) {
    Object.assign(this.#canvas, { width, height });
    this.#colour = colour;
    this.#paint();
    this.#timer = window.setInterval(() => this.#paint(), 70);
  }

  stream(): MediaStream {
    return this.#canvas.captureStream(15);
  }

  freeze(frozen: boolean): void {
    this.#frozen = frozen;
  }

  end(): void {
    window.clearInterval(this.#timer);
  }

  #paint(): void {
    const paper = this.#canvas.getContext("2d");
    if (paper === null || this.#frozen) return;
    const { width, height } = this.#canvas;
    paper.fillStyle = "white";
    paper.fillRect(0, 0, width, height);
    paper.fillStyle = this.#colour;
    paper.fillRect(16, 16, width - 32, height - 32);
    paper.fillStyle = "rgba(0, 0, 0, 0.25)";
    this.#at = (this.#at + 12) % (height - 60);
    paper.fillRect(16, 20 + this.#at, width - 32, 20);
  }
}

type Listener = (...args: never[]) => void;

class Client implements Pick<
  IAgoraRTCClient,
  "connectionState" | "join" | "leave" | "on" | "removeAllListeners" | "renewToken"
> {
  connectionState: ConnectionState = "DISCONNECTED";
  remoteUsers: RemoteUser[] = [];
  #listeners = new Map<string, Listener[]>();

  constructor({ mode, role, codec }: ClientConfig) {
    if (mode !== "live" || role !== "audience") throw new Error("the stage is an audience of a live channel");
    if (codec !== "vp8") throw new Error("no such codec");
  }

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  removeAllListeners(): void {
    this.#listeners.clear();
  }

  emit(event: string, ...args: unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(...(args as never[]));
  }

  async join(appId: string, channel: string, token: string | null, uid?: UID | null): Promise<UID> {
    await Promise.resolve();
    if (this.connectionState !== "DISCONNECTED") throw new Error("INVALID_OPERATION: joined already");
    if (joined !== null) throw new Error("UID_CONFLICT: this page has joined with another client");
    if (!/^[0-9a-f]{32}$/.test(appId)) throw new Error("INVALID_PARAMS: appId");
    if (typeof uid !== "number") throw new Error("INVALID_PARAMS: uid");
    checkToken(token);
    this.#set("CONNECTING");
    if (world.refusesJoins) {
      this.connectionState = "DISCONNECTED";
      throw new Error("CAN_NOT_GET_GATEWAY_SERVER");
    }
    occupy(this);
    world.joins.push({ appId, channel, token, uid });
    this.#set("CONNECTED");
    for (const person of people.values()) this.meet(person);
    return uid;
  }

  async leave(): Promise<void> {
    await Promise.resolve();
    if (joined === this) joined = null;
    if (this.connectionState !== "DISCONNECTED") this.#set("DISCONNECTED");
    this.remoteUsers = [];
  }

  async renewToken(token: string): Promise<void> {
    await Promise.resolve();
    if (this.connectionState !== "CONNECTED") throw new Error("INVALID_OPERATION: not joined");
    checkToken(token);
    world.renewals.push(token);
  }

  async subscribe(user: RemoteUser, media: "audio" | "video"): Promise<VideoTrack | AudioTrack> {
    await Promise.resolve();
    const person = people.get(user.uid);
    if (!this.remoteUsers.includes(user) || person === undefined) throw new Error("INVALID_REMOTE_USER");
    if (media === "audio") {
      if (!user.hasAudio) throw new Error("REMOTE_USER_IS_NOT_PUBLISHED");
      return (user.audioTrack = new AudioTrack());
    }
    if (person.source === null) throw new Error("REMOTE_USER_IS_NOT_PUBLISHED");
    return (user.videoTrack = new VideoTrack(person.source));
  }

  meet({ uid, source, speaks }: Person): void {
    const user = new RemoteUser(uid);
    this.remoteUsers.push(user);
    this.emit("user-joined", user);
    if (source !== null) this.published(uid, "video");
    if (speaks) this.published(uid, "audio");
  }

  part(uid: number, reason: string): void {
    const user = this.#user(uid);
    this.#dropTracks(user);
    this.remoteUsers = this.remoteUsers.filter((other) => other !== user);
    this.emit("user-left", user, reason);
  }

  published(uid: number, media: "audio" | "video"): void {
    const user = this.#user(uid);
    user[media === "video" ? "hasVideo" : "hasAudio"] = true;
    this.emit("user-published", user, media);
  }

  unpublished(uid: number, media: "audio" | "video"): void {
    const user = this.#user(uid);
    user[media === "video" ? "hasVideo" : "hasAudio"] = false;
    if (media === "audio") user.audioTrack?.stop();
    user[media === "video" ? "videoTrack" : "audioTrack"] = undefined;
    this.emit("user-unpublished", user, media);
  }

  lose(reason: string): void {
    joined = null;
    for (const user of this.remoteUsers) this.#dropTracks(user);
    this.#set("DISCONNECTED", reason);
  }

  #dropTracks(user: RemoteUser): void {
    user.audioTrack?.stop();
    user.hasAudio = user.hasVideo = false;
    delete user.audioTrack;
    delete user.videoTrack;
  }

  #user(uid: number): RemoteUser {
    const user = this.remoteUsers.find((other) => other.uid === uid);
    if (user === undefined) throw new Error(`${uid} is not in the channel`);
    return user;
  }

  #set(state: ConnectionState, reason?: string): void {
    const before = this.connectionState;
    this.connectionState = state;
    this.emit("connection-state-change", state, before, reason);
  }
}

interface Person {
  uid: number;
  source: Source | null;
  speaks: boolean;
}

export interface Picture {
  colour: string;
  width?: number;
  height?: number;
}

/** What a test tells the stand-in, and asks it. */
export interface World {
  joins: { appId: string; channel: string; token: string | null; uid: number }[];
  renewals: string[];
  refusesJoins: boolean;
  /** Somebody comes, with a camera or without. */
  enter(uid: number, picture: Picture | null, speaks?: boolean): void;
  exit(uid: number): void;
  /** The camera, or the screen in its place; null turns it off. */
  show(uid: number, picture: Picture | null): void;
  speak(uid: number, speaks: boolean): void;
  /** The picture stands still, or goes on. */
  freeze(uid: number, frozen: boolean): void;
  expire(when: "will" | "did"): void;
  lose(reason: string): void;
  /** Who is heard. */
  heard(): number[];
}

const people = new Map<number, Person>();
let joined: Client | null = null;

const world: World = {
  joins: [],
  renewals: [],
  refusesJoins: false,
  enter(uid, picture, speaks = false) {
    const person = { uid, source: sourceOf(picture), speaks };
    people.set(uid, person);
    joined?.meet(person);
  },
  exit(uid) {
    people.get(uid)?.source?.end();
    people.delete(uid);
    joined?.part(uid, "Quit");
  },
  show(uid, picture) {
    const person = known(uid);
    if (person.source !== null) {
      person.source.end();
      person.source = null;
      joined?.unpublished(uid, "video");
    }
    person.source = sourceOf(picture);
    if (person.source !== null) joined?.published(uid, "video");
  },
  speak(uid, speaks) {
    known(uid).speaks = speaks;
    if (speaks) joined?.published(uid, "audio");
    else joined?.unpublished(uid, "audio");
  },
  freeze: (uid, frozen) => known(uid).source?.freeze(frozen),
  expire: (when) => joined?.emit(`token-privilege-${when}-expire`),
  lose: (reason) => joined?.lose(reason),
  heard: () => (joined?.remoteUsers ?? []).filter((user) => user.audioTrack?.isHeard).map(({ uid }) => uid),
};

declare global {
  interface Window {
    agora: World;
  }
}
window.agora = world;

function occupy(client: Client): void {
  joined = client;
}

function known(uid: number): Person {
  const person = people.get(uid);
  if (person === undefined) throw new Error(`${uid} is not in the channel`);
  return person;
}

function sourceOf(picture: Picture | null): Source | null {
  return picture && new Source(picture.colour, picture.width ?? 640, picture.height ?? 360);
}

function checkToken(token: string | null): void {
  if (token === null || !/^007[\w+/=]{60,}$/.test(token)) throw new Error("INVALID_PARAMS: token");
}

const AgoraRTC = {
  createClient: (config: ClientConfig) => new Client(config),
  setLogLevel: () => undefined,
} satisfies Pick<IAgoraRTC, "setLogLevel"> & { createClient: (config: ClientConfig) => object };

export default AgoraRTC;
