import { createHash } from "node:crypto";

import type { StoredEvent } from "../../../eventlog/index.ts";
import type { Door } from "../../send-webhook.ts";

/** A webhook as it can be sent again. */
export interface Delivery {
  door: Door;
  /** As it came if it was no JSON; else the same JSON, its members in the order of the database. */
  body: string | Buffer;
  contentType: string | undefined;
}

/** @param event - of a provider */
export function deliveryOf(event: StoredEvent): Delivery {
  return { door: doorOf(event), body: bodyOf(event), contentType: event.headers?.["content-type"] };
}

/** By the type that was read when it came, which tells Cloudflare's two kinds of webhook apart. */
export function doorOf({ source, type }: Pick<StoredEvent, "source" | "type">): Door {
  if (source === "agora") return "agora";
  return type.startsWith("video.") ? "cloudflare/video" : "cloudflare/live";
}

function bodyOf({ raw, payload, bodySha256 }: StoredEvent): string | Buffer {
  if (raw === null) return JSON.stringify(payload);
  const bytes = /^base64:([\w+/]*=*)$/.exec(raw)?.[1];
  // A body may have begun with that word itself.
  const isText = bytes === undefined || createHash("sha256").update(raw).digest("hex") === bodySha256;
  return isText ? raw : Buffer.from(bytes, "base64");
}
