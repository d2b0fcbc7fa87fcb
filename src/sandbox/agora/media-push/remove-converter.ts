import type { ConverterHandler } from "./converter-handler.ts";
import { findConverter } from "./find-converter.ts";

/** Destroys a converter; the answer is empty. */
export const removeConverter: ConverterHandler = (world, call) => {
  const converter = findConverter(world, call);
  converter.destroy("Delete Request");
  return { converterId: converter.entry.id };
};
