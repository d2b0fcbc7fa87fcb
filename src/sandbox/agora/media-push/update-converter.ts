import { z } from "zod";

import type { Call } from "../../http/index.ts";
import type { Converter, World } from "../../world/index.ts";
import { converterBody } from "./converter-body.ts";
import type { ConverterHandler } from "./converter-handler.ts";
import { describeBriefly } from "./describe-converter.ts";
import { fieldAt, type Fields, isUpdatable, setField, uncovered } from "./field-mask.ts";
import { findConverter } from "./find-converter.ts";
import { readConverterBody, valid } from "./read-converter-body.ts";
import { refusals } from "./refusals.ts";

const body = z.strictObject({ converter: z.record(z.string(), z.unknown()), fields: z.string().min(1) });
const query = z.object({ sequence: z.string().regex(/^\d{1,15}$/, { error: "must be a whole number, 0 or greater" }) });

/** Changes what the field mask names. An update older than the last one is answered as usual and changes nothing. */
export const updateConverter: ConverterHandler = (world, call, requestId) => {
  const converter = findConverter(world, call);
  const sequence = Number(valid(world, call.query, query).sequence);
  const { changes, mask, config } = readChanges(world, call, converter);
  const repoint = mask.includes("rtmpUrl");
  const changed = withChannel(changes, converter);
  converter.update(sequence, { config, changed, mask: mask.join(","), repoint, requestId });
  return { converterId: converter.entry.id, body: describeBriefly(converter) };
};

/** @throws Refused with 400 for a mask that doesn't fit the body, what can't be updated, and what wouldn't be valid */
function readChanges(world: World, call: Call, { config: old }: Converter) {
  const refuse = refusals(world);
  const { converter: changes, fields } = readConverterBody(world, call, body);
  const mask = fields.split(",");
  const config: Fields = structuredClone({ ...old });
  const isVertical = old.transcodeOptions?.videoOptions?.layoutType === 1;
  for (const path of mask) {
    const value = fieldAt(changes, path);
    if (!isUpdatable(path)) throw refuse.invalid(path, "cannot be updated");
    if (isVertical && path !== "rtmpUrl") throw refuse.invalid(path, "with layoutType 1, only rtmpUrl can be updated");
    if (value === undefined) throw refuse.invalid(path, "is named in fields and missing in converter");
    if (!setField(config, path, value)) throw refuse.invalid(path, "the converter has no such options");
  }
  const [unnamed] = uncovered(changes, mask);
  if (unnamed !== undefined) throw refuse.invalid(unnamed, "is not named in fields");
  return { changes, mask, config: valid(world, config, converterBody) };
}

/** Event 2 names the channel with whatever changes below the options, as its samples do. */
function withChannel(changes: Fields, { entry: { channel } }: Converter): Fields {
  const { rawOptions, transcodeOptions } = changes as Record<string, object | undefined>;
  return {
    ...changes,
    ...(rawOptions ? { rawOptions: { rtcChannel: channel, ...rawOptions } } : {}),
    ...(transcodeOptions ? { transcodeOptions: { rtcChannel: channel, ...transcodeOptions } } : {}),
  };
}
