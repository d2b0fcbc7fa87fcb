import type { Config } from "../../config/index.ts";
import type { ChannelState, Recorder } from "../../live/index.ts";
import type { CommonOptions } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { findChannel } from "../store/channel.ts";
import { withService } from "../with-service.ts";
import type { Scene } from "./scene.ts";
import type { Simulation } from "./simulations.ts";

/** What the command line says of a scene. A recorder and a live input that it leaves open are looked up. */
export interface SceneOptions extends CommonOptions {
  uid: number;
  code: string;
  /** Unix seconds. */
  ts?: number;
  seq?: number;
  sid?: string;
  recorderUid?: number;
  input?: string;
}

/**
 * Puts together where and when something happens. The database is opened only for what the options leave open.
 *
 * @throws {Failure} if the channel has no recorder or live input to tell of
 */
export async function findScene(
  io: Io,
  about: Simulation["about"],
  channel: string,
  options: SceneOptions,
  config: Config,
): Promise<Scene> {
  const now = io.now().getTime();
  const scene: Scene = {
    channel,
    uid: options.uid,
    recorder: null,
    liveInput: "",
    at: options.ts === undefined ? now : options.ts * 1000,
    seq: options.seq ?? now,
    code: options.code,
    playbackBase: config.cloudflare.playbackUrl ?? "https://customer-simulated.cloudflarestream.com",
  };
  switch (about) {
    case "recorder": {
      const { sid, recorderUid } = options;
      const isGiven = sid !== undefined && recorderUid !== undefined;
      const recorder = isGiven ? null : likeliest(await readState(io, options, channel));
      const uid = recorderUid ?? recorder?.liveUid;
      const recordingSid = sid ?? recorder?.recordingSid ?? undefined;
      if (uid === undefined || recordingSid === undefined) {
        throw new Failure(`No recording of ${channel} is known: start one, or give --sid and --recorder-uid.`);
      }
      return { ...scene, recorder: { uid, recordingSid }, seq: options.seq ?? nextSequence(recorder) };
    }
    case "input": {
      const liveInput = options.input ?? (await readState(io, options, channel)).liveInput.uid;
      if (liveInput === null) throw new Failure(`${channel} has no live input yet: start a relay, or give --input.`);
      return { ...scene, liveInput };
    }
    case "person":
    case "channel":
    case "nothing":
      return scene;
  }
}

function readState(io: Io, options: CommonOptions, channel: string): Promise<ChannelState> {
  return withService(io, options, async ({ tables }) => (await findChannel(tables, channel)).state);
}

/** The wanted one; without one the newest that has not ended; else the newest. */
function likeliest({ relay, recorders }: ChannelState): Recorder | null {
  const newestFirst = Object.values(recorders).sort((a, b) => b.acquiredAt - a.acquiredAt);
  const wanted = recorders[relay?.resourceId ?? ""];
  return wanted ?? newestFirst.find(({ state }) => state !== "ended") ?? newestFirst[0] ?? null;
}

/** Agora counts a recording's notifications from 0, and what comes out of order is no news. */
function nextSequence(recorder: Recorder | null): number {
  if (recorder === null) return 0;
  const known = [...Object.values(recorder.rtmp), ...Object.values(recorder.ends)];
  return Math.max(-1, ...known.map(({ sequence }) => sequence)) + 1;
}
