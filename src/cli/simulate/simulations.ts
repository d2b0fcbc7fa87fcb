import type { Door } from "../send-webhook.ts";
import { bot, channelEvent, device, healthCheck, person, recording } from "./agora-bodies.ts";
import { ingest, testMessage, videoReady } from "./cloudflare-bodies.ts";
import type { Scene } from "./scene.ts";

/** Something that a provider could tell. */
export interface Simulation {
  summary: string;
  /** Where it is sent, below `/webhooks`. */
  door: Door;
  /** What it is about. */
  about: "person" | "channel" | "recorder" | "input" | "nothing";
  body: (scene: Scene) => object;
}

const rtmpUrl = "rtmps://live.cloudflare.com:443/live/simulated";

/** By the name that the command line has for it. */
export const simulations: ReadonlyMap<string, Simulation> = new Map(
  Object.entries({
    "host-joins": agora("person", "a host joins the channel (103)", (scene) => person(103, scene, device)),
    "host-leaves": agora("person", "the host leaves (104)", (scene) => person(104, scene, leaving(1))),
    "host-drops": agora("person", "the host's network drops (104, reason 10)", (scene) =>
      person(104, scene, leaving(10)),
    ),
    "role-to-host": agora("person", "a viewer becomes host (111)", (scene) => person(111, scene)),
    "role-to-audience": agora("person", "the host becomes a viewer (112)", (scene) => person(112, scene)),
    "audience-joins": agora("person", "a viewer joins (105)", (scene) => person(105, scene, device)),
    "audience-leaves": agora("person", "a viewer leaves (106)", (scene) => person(106, scene, leaving(1))),
    "bot-joins": agora("person", "a bot joins as host, which starts nothing (103)", (scene) => person(103, scene, bot)),
    "channel-created": agora("channel", "the channel is created (101)", (scene) => channelEvent(101, scene)),
    "channel-destroyed": agora("channel", "the last user has left and the channel is gone (102)", (scene) =>
      channelEvent(102, scene, { lastUid: scene.uid }),
    ),
    "recorder-started": agora("recorder", "the recorder runs (70)", (scene) =>
      recording(70, scene, { msgName: "web_recorder_started", recorderStartTime: scene.at }),
    ),
    "recorder-stopped": agora("recorder", "the recorder has stopped (71)", (scene) =>
      recording(71, scene, { msgName: "web_recorder_stopped", code: 0, message: "ok", details: "", fileList: [] }),
    ),
    "rtmp-publishing": agora("recorder", "the recorder's push arrives (100)", (scene) =>
      recording(100, scene, { msgName: "rtmp_publish_status", rtmpUrl, status: "publishing" }),
    ),
    "rtmp-disconnected": agora("recorder", "the recorder's push has broken off (100)", (scene) =>
      recording(100, scene, { msgName: "rtmp_publish_status", rtmpUrl, status: "disconnected" }),
    ),
    "ingest-connected": live("the live input is connected", (scene) => ingest("connected", scene)),
    "ingest-disconnected": live("the live input is disconnected", (scene) => ingest("disconnected", scene)),
    "ingest-errored": live("the live input can't use the picture, why is --code", (scene) => ingest("errored", scene)),
    "video-ready": {
      summary: "the broadcast's recording can be watched",
      door: "cloudflare/video",
      about: "input",
      body: videoReady,
    },
    "health-check": {
      summary: 'the "Check" button of Agora\'s console; never acts',
      door: "agora",
      about: "nothing",
      body: healthCheck,
    },
    "notification-test": {
      summary: "Cloudflare tries a new destination; never acts",
      door: "cloudflare/live",
      about: "nothing",
      body: testMessage,
    },
  } satisfies Record<string, Simulation>),
);

function agora(about: "person" | "channel" | "recorder", summary: string, body: Simulation["body"]): Simulation {
  return { summary, door: "agora", about, body };
}

function live(summary: string, body: Simulation["body"]): Simulation {
  return { summary, door: "cloudflare/live", about: "input", body };
}

/** @param reason - Agora's: 1 a normal leave, 10 network trouble (Agora docs: event-types/rtc) */
function leaving(reason: number): object {
  return { ...device, reason, duration: 60 };
}
