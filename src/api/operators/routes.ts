import type { Api } from "../api.ts";
import type { GuardedRoute } from "../create-router.ts";
import { streamOverview } from "../overview/stream-overview.ts";
import { postCheck } from "./check.ts";
import { getEffect, listAllEffects, postDismissal, postRetry } from "./effects.ts";
import { getLogged, listLog } from "./events.ts";
import { listAllSessions } from "./list-all-sessions.ts";
import { postRebuild, postRebuildPlan } from "./rebuild.ts";
import { postRelease } from "./release.ts";
import { postReplay, postReplayPlan } from "./replays.ts";
import { postStop } from "./stop-session.ts";

/** What operators read and do: over all channels, so that only keys may. */
export const operatorRoutes: readonly GuardedRoute<Api>[] = [
  { method: "get", path: "/events", scope: "read", keysOnly: true, handle: listLog },
  { method: "get", path: "/events/{id}", scope: "read", keysOnly: true, handle: getLogged },
  { method: "get", path: "/effects", scope: "read", keysOnly: true, handle: listAllEffects },
  { method: "get", path: "/effects/{id}", scope: "read", keysOnly: true, handle: getEffect },
  { method: "post", path: "/effects/{id}/retry", scope: "operate", keysOnly: true, handle: postRetry },
  { method: "post", path: "/effects/{id}/dismiss", scope: "operate", keysOnly: true, handle: postDismissal },
  { method: "get", path: "/sessions", scope: "read", keysOnly: true, handle: listAllSessions },
  { method: "post", path: "/channels/{name}/release", scope: "operate", keysOnly: true, handle: postRelease },
  { method: "post", path: "/channels/{name}/check", scope: "operate", keysOnly: true, handle: postCheck },
  { method: "post", path: "/channels/{name}/rebuild/plan", scope: "read", keysOnly: true, handle: postRebuildPlan },
  { method: "post", path: "/channels/{name}/rebuild", scope: "operate", keysOnly: true, handle: postRebuild },
  { method: "post", path: "/replays/plan", scope: "read", keysOnly: true, handle: postReplayPlan },
  { method: "post", path: "/replays", scope: "operate", keysOnly: true, handle: postReplay },
  { method: "post", path: "/sessions/{id}/stop", scope: "operate", keysOnly: true, handle: postStop },
  { method: "get", path: "/overview/stream", scope: "read", keysOnly: true, handle: streamOverview },
];
