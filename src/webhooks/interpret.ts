import { storableText } from "../eventlog/index.ts";
import { interpretAgora } from "./agora/interpret.ts";
import { parseJson } from "./body.ts";
import { interpretCloudflareNotification } from "./cloudflare/notification/interpret.ts";
import { interpretCloudflareVideo } from "./cloudflare/video/interpret.ts";
import { type Interpretation, unrecognised } from "./interpretation.ts";

/** What of a row of the log tells its meaning. */
export interface StoredWebhook {
  source: string;
  type: string;
  payload: unknown;
  /** The body's text, where it couldn't be stored as JSON; then `payload` is null. */
  raw: string | null;
}

/**
 * What a stored webhook means in our words. Pure, and never throws for what a provider may send. The payload decides,
 * not the type that was read when it came (which only tells Cloudflare's two kinds of webhook apart): so a better
 * reading repairs history on replay.
 *
 * @param stored - a row with source `agora` or `cloudflare`
 */
export function interpret({ source, type, payload, raw }: StoredWebhook): Interpretation {
  // A row has text instead of JSON also when jsonb refuses it, as it does a NUL in a user's account name. What it means
  // goes into the channel's state and into notes, which are no better at it: there the character is lost.
  const body = raw === null ? payload : withStorableTexts(parseJson(raw));
  if (body === undefined) return unrecognised("the body isn't JSON");
  switch (source) {
    case "agora":
      return interpretAgora(body);
    case "cloudflare":
      return type.startsWith("video.") ? interpretCloudflareVideo(body) : interpretCloudflareNotification(body);
    default:
      return unrecognised(`no webhook: an event with source ${source}`);
  }
}

function withStorableTexts(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map(withStorableTexts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [storableText(key), withStorableTexts(member)]),
  );
}
