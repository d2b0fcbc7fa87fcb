import { z } from "zod";

import { type Call, explain } from "../http/index.ts";
import type { Answer } from "../refused.ts";
import type { Role, World } from "../world/index.ts";
import { refusals } from "./refusals.ts";

const liveBroadcasting = 2;
const listedAudience = 10_000;

/** Who is in a channel (Agora docs: channel-management-api, query-user-list and query-host-list). */
export function channelUser(world: World, call: Call): Answer {
  const channel = world.people.in(call.params.channelName ?? "");
  if (!channel) return found({ channel_exist: false });
  const uids = (role: Role) => channel.people.filter((person) => person.role === role).map(({ uid }) => uid);
  const audience = uids("audience");
  const hosts = { channel_exist: true, mode: liveBroadcasting, broadcasters: uids("host") };
  if (call.path.endsWith("/hosts_only") || "hosts_only" in call.query) return found(hosts);
  return found({ ...hosts, audience: audience.slice(0, listedAudience), audience_total: audience.length });
}

const page = z.object({
  page_no: z.coerce.number().int().min(0).default(0),
  page_size: z.coerce.number().int().min(1).max(500).default(100),
});

/** The channels that exist, by page (Agora docs: channel-management-api, query-channel-list). */
export function channelList(world: World, call: Call): Answer {
  const result = page.safeParse(call.query);
  if (!result.success) throw refusals.invalidParameter(explain(result.error));
  const { page_no, page_size } = result.data;
  const all = world.people.channels();
  const channels = all
    .slice(page_no * page_size, (page_no + 1) * page_size)
    .map(({ name, people }) => ({ channel_name: name, user_count: people.length }));
  return found({ channels, total_size: all.length });
}

function found(data: object): Answer {
  return { status: 200, body: { success: true, data } };
}
