import type { EffectType } from "../live/index.ts";

/** What each effect asks of a provider: for lists, and after "it would". */
const descriptions: Readonly<Record<EffectType, string>> = {
  EnsureLiveInput: "make the live input ready",
  DisableLiveInput: "disable the live input",
  StartRelay: "start a recorder",
  StopRecorder: "stop a recorder",
  RepointRecorder: "push the picture anew",
  ArrangeHosts: "arrange the hosts in the picture",
  RenewStorage: "give the recorder new keys of the storage",
  CheckPresence: "ask who is in the channel",
  CheckRecorder: "ask how the recorder is",
  CheckIngest: "ask whether the picture arrives",
  CheckVideo: "look for the video",
  DeleteVideo: "delete a video",
  CheckPlayback: "ask whether viewers can watch",
};

/** @param type - of an effect in the database; one of another version describes itself */
export function describeEffect(type: string): string {
  return Object.hasOwn(descriptions, type) ? descriptions[type as EffectType] : type;
}

/** Whether its call begins something that costs money for as long as it goes on. The others ask, change or end. */
export function isPaid(type: string): boolean {
  return type === "StartRelay";
}
