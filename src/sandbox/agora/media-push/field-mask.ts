/** A JSON object, read by the dotted paths of a field mask. */
export type Fields = Record<string, unknown>;

/**
 * What an update may change: one of these, or something within it. The documents list what it may not: all the rest
 * (Agora docs: media-push/develop/restful-api, update; integration-best-practices).
 */
const updatable = [
  "rtmpUrl",
  "jitterBufferSizeMs",
  "rawOptions.rtcStreamUid",
  "transcodeOptions.audioOptions.rtcStreamUids",
  "transcodeOptions.audioOptions.volumes",
  ...["canvas", "layoutType", "layout", "vertical", "defaultPlaceholderImageUrl", "bitrate", "gop", "frameRate"].map(
    (field) => `transcodeOptions.videoOptions.${field}`,
  ),
  "transcodeOptions.videoOptions.seiOptions",
];

export function isUpdatable(path: string): boolean {
  return updatable.some((one) => isWithin(path, one));
}

/** The paths of the body that no path of the mask covers. */
export function uncovered(body: Fields, mask: string[]): string[] {
  return leaves(body).filter((leaf) => !mask.some((path) => isWithin(leaf, path)));
}

/** @returns undefined if there is none */
export function fieldAt(fields: Fields, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (isFields(value) ? value[key] : undefined), fields);
}

/**
 * Sets a field in place.
 *
 * @returns false if there is nothing for it to be a part of
 */
export function setField(fields: Fields, path: string, value: unknown): boolean {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const parent = keys.length === 0 ? fields : fieldAt(fields, keys.join("."));
  if (!isFields(parent)) return false;
  parent[last] = value;
  return true;
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`);
}

/** Lists and empty objects are leaves too. */
function leaves(fields: Fields, prefix = ""): string[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    const path = `${prefix}${key}`;
    return isFields(value) && Object.keys(value).length > 0 ? leaves(value, `${path}.`) : [path];
  });
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
