import { z } from "zod";

import { channelNamePattern, type Converter } from "../../world/index.ts";
import type { ConverterHandler } from "./converter-handler.ts";
import { valid } from "./read-converter-body.ts";

/** Agora docs, list: at most 500 at once. */
const pageSize = 500;

const query = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, { error: "must be a whole number" })
    .default("0"),
});
const path = z.object({ cname: z.string().regex(channelNamePattern).optional() });

/** The converters that live, of the project or of one channel, of every region. */
export const listConverters: ConverterHandler = (world, call) => {
  const cursor = Number(valid(world, call.query, query).cursor);
  const { cname } = valid(world, call.params, path);
  const all = world.converters.living().filter(({ converter }) => [undefined, converter.entry.channel].includes(cname));
  // By place and not by number, so that one that is destroyed meanwhile moves none from one page to another.
  const rest = all.filter(({ place }) => place > cursor);
  const page = rest.slice(0, pageSize);
  const members = page.map(({ converter }) => member(converter, world.settings.agora.appId));
  const next = rest.length > pageSize ? (page.at(-1)?.place ?? 0) : 0;
  return { body: { success: true, data: { total_count: all.length, cursor: next, members } } };
};

/** As in the sample, in which numbers are strings. */
function member({ config, entry, summary }: Converter, appId: string): object {
  return {
    rtcChannel: entry.channel,
    status: "200",
    converterName: config.name,
    updateTs: String(summary.updateTs),
    appId,
    rtmpUrl: config.rtmpUrl,
    ip: "127.0.0.1",
    converterId: entry.id,
    create: String(summary.createTs),
    idleTimeout: String(config.idleTimeout),
    state: summary.state,
  };
}
