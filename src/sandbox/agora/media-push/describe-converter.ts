import type { Converter } from "../../world/index.ts";

/** The answer to create and update. */
export function describeBriefly({ summary }: Converter): object {
  return { converter: summary, fields: "id,createTs,updateTs,state" };
}

/** The answer to get: as in its samples bare with transcoding, and below `converter` without. */
export function describeFully({ config, summary: { createTs, updateTs, state } }: Converter): object {
  const converter = { ...config, createTs, updateTs, state };
  return config.rawOptions ? { converter } : converter;
}
