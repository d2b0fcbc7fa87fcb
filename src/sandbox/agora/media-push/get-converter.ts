import type { ConverterHandler } from "./converter-handler.ts";
import { describeFully } from "./describe-converter.ts";
import { findConverter } from "./find-converter.ts";

/** How a converter is. */
export const getConverter: ConverterHandler = (world, call) => {
  const converter = findConverter(world, call);
  return { converterId: converter.entry.id, body: describeFully(converter) };
};
