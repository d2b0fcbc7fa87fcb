import { z } from "zod";

import { isObject, optionalObject, optionalText } from "../../fields.ts";
import { event, ignored, type Interpretation, read, unrecognised } from "../../interpretation.ts";
import { normalisedTime } from "../../times.ts";

/** What a notification about a live input means. Cloudflare docs: stream/stream-live/webhooks. */
export function interpretCloudflareNotification(body: unknown): Interpretation {
  if (!isObject(body)) return unrecognised("not a notification of Cloudflare: the body is no JSON object");
  if ((body.data ?? null) === null) return ignored("test message");
  const aboutInput = isObject(body.data) && body.data.input_id !== undefined;
  if (!aboutInput) return ignored("a notification about something else than a live input");
  return read(notification, body, interpretData);
}

const notification = z.looseObject({
  data: z.looseObject({
    input_id: z.string().min(1),
    event_type: z.string(),
    updated_at: normalisedTime,
    live_input_errored: optionalObject({ error: optionalObject({ code: optionalText, message: optionalText }) }),
  }),
});

function interpretData({ data }: z.infer<typeof notification>): Interpretation {
  const common = { liveInput: data.input_id, updatedAt: data.updated_at };
  switch (data.event_type) {
    case "live_input.connected":
      return event({ type: "IngestConnected", ...common });
    case "live_input.disconnected":
      return event({ type: "IngestDisconnected", ...common });
    case "live_input.errored": {
      // An open set: codes were added since the first release of this event.
      const { code, message } = data.live_input_errored.error;
      return event({ type: "IngestErrored", ...common, code: code === "" ? "ERR_UNKNOWN" : code, message });
    }
    default:
      return unrecognised(`no event of a live input that Tally knows: ${data.event_type}`);
  }
}
