import { z } from "zod";

import { readInput } from "../read-input.ts";
import { channelName, wholeNumber } from "../schemas.ts";

/** A channel by its name or its id. */
export type ChannelInput = { channel: string } | { channelId: number };

/** A channel, and the version of its status that the client has: tRPC's clients add it when they connect again. */
export type WatchInput = ChannelInput & { lastEventId?: string | null | undefined };

const either = "must have either channel, a name, or channelId, a number";
const members = { channel: channelName.optional(), channelId: wholeNumber(1, 0x7fff_ffff).optional() };
const isEither = ({ channel, channelId }: { channel?: unknown; channelId?: unknown }) =>
  (channel === undefined) !== (channelId === undefined);
const channelInput = z.strictObject(members, either).refine(isEither, either);
const watchInput = z
  .strictObject({ ...members, lastEventId: z.string("must be text, or null").nullish() }, either)
  .refine(isEither, either);

/** @throws {Problem} `invalid_request` */
export function readChannelInput(value: unknown): ChannelInput {
  return readInput(channelInput, value) as ChannelInput;
}

/** @throws {Problem} `invalid_request` */
export function readWatchInput(value: unknown): WatchInput {
  return readInput(watchInput, value) as WatchInput;
}

const pageInput = z
  .strictObject(
    { after: channelName.optional(), limit: wholeNumber(1, 1000).optional() },
    "must be an object with after, limit or neither",
  )
  .optional();

/** `after` is the `next` of the page before, `limit` the items of a page. @throws {Problem} `invalid_request` */
export function readPageInput(value: unknown): z.infer<typeof pageInput> {
  return readInput(pageInput, value);
}
