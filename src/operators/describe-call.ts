import type { Effect } from "../live/index.ts";

/** What an effect asks of a provider, in words that complete "Tally …". */
export function describeCall(effect: Effect): string {
  switch (effect.type) {
    case "EnsureLiveInput":
      return "asks Cloudflare for the channel's live input, and makes it if there is none";
    case "DisableLiveInput":
      return "has Cloudflare disable the channel's live input";
    case "StartRelay":
      return `has Agora start a recorder (session ${effect.session}, attempt ${effect.attempt}) that pushes to Cloudflare`;
    case "StopRecorder":
      return `has Agora stop recorder ${effect.resourceId}`;
    case "RepointRecorder":
      return `has Agora point recorder ${effect.resourceId} at the live input again`;
    case "ArrangeHosts":
      return `tells Agora which hosts converter ${effect.resourceId} shows`;
    case "RenewStorage":
      return `gives Agora new keys for the storage of recorder ${effect.resourceId}`;
    case "CheckPresence":
      return "asks Agora who is in the channel";
    case "CheckRecorder":
      return `asks Agora whether recorder ${effect.resourceId} runs`;
    case "CheckIngest":
      return "asks Cloudflare whether the picture arrives";
    case "CheckPlayback":
      return "asks Cloudflare's delivery whether viewers can watch";
    case "CheckVideo":
      return `asks Cloudflare for the video of session ${effect.session}`;
    case "DeleteVideo":
      return `has Cloudflare delete video ${effect.video} of session ${effect.session}`;
  }
}
