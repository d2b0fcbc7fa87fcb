import { isIPv4 } from "node:net";

import { z } from "zod";

import { pictureSize } from "../../world/index.ts";
import { converterBody } from "./converter-body.ts";
import type { ConverterHandler } from "./converter-handler.ts";
import { describeBriefly } from "./describe-converter.ts";
import { readConverterBody } from "./read-converter-body.ts";
import { refusals } from "./refusals.ts";

const body = z.strictObject({ converter: converterBody });

/** Creates a converter, unless one of its name lives or the quota is used up. */
export const createConverter: ConverterHandler = (world, call, requestId) => {
  const { regionHintIp } = call.query;
  const refuse = refusals(world);
  if (regionHintIp !== undefined && !(typeof regionHintIp === "string" && isIPv4(regionHintIp))) {
    throw refuse.invalid("regionHintIp", "must be an IPv4 address");
  }
  const { converter: config } = readConverterBody(world, call, body);
  const isTaken =
    config.name !== "" && world.converters.living().some((one) => one.converter.entry.name === config.name);
  if (isTaken) throw refuse.nameTaken();
  const exceeded = world.converters.exceeded(pictureSize(config));
  if (exceeded) throw refuse.quotaExceeded(exceeded);
  const converter = world.converters.create({ config, region: call.params.region ?? "", requestId });
  return { converterId: converter.entry.id, body: describeBriefly(converter) };
};
