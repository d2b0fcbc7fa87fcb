import type { ChannelReplay } from "@tally/client";

type EffectType = ChannelReplay["effects"][number];

/** What a call would do, of those that a plan names. */
export const effectWords: Record<EffectType, string> = {
  EnsureLiveInput: "Cloudflare is asked for the live input",
  DisableLiveInput: "the live input is disabled",
  StartRelay: "a recorder is started",
  StopRecorder: "a recorder is stopped",
  RepointRecorder: "a recorder is pointed at the live input again",
  ArrangeHosts: "the picture is arranged anew",
  RenewStorage: "a recorder gets new keys of the storage",
  CheckPresence: "Agora is asked who is there",
  CheckRecorder: "Agora is asked about a recorder",
  CheckIngest: "Cloudflare is asked about the picture",
  CheckVideo: "Cloudflare is asked for the video",
  DeleteVideo: "a video is deleted",
  CheckPlayback: "it is asked whether viewers can watch",
};

/** Whether it begins something that costs money for as long as it goes on. */
export const isPaid = (type: EffectType) => type === "StartRelay";
