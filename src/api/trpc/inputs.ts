import { z } from "zod";

import { readInput } from "../read-input.ts";
import { channelName, wholeNumber } from "../schemas.ts";

/** A channel by its name or its id. */
export type ChannelInput = { channel: string } | { channelId: number };

const either = "must have either channel, a name, or channelId, a number";
const channelInput = z
  .strictObject({ channel: channelName.optional(), channelId: wholeNumber(1, 0x7fff_ffff).optional() }, either)
  .refine(({ channel, channelId }) => (channel === undefined) !== (channelId === undefined), either);

/** @throws {Problem} `invalid_request` */
export function readChannelInput(value: unknown): ChannelInput {
  return readInput(channelInput, value) as ChannelInput;
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
