import { ignored, type Interpretation, unrecognised } from "../interpretation.ts";
import { notification, products } from "./envelope.ts";
import { interpretMediaPush } from "./media-push.ts";
import { interpretRecording } from "./recording.ts";
import { interpretRtc } from "./rtc.ts";

/** What a notification of Agora means, by its product. */
export function interpretAgora(body: unknown): Interpretation {
  const result = notification.safeParse(body);
  if (!result.success) return unrecognised("not a notification of Agora: productId and eventType are missing");
  const { productId, eventType, payload } = result.data;
  switch (productId) {
    case products.rtc:
      return interpretRtc(eventType, payload);
    case products.recording:
      return interpretRecording(eventType, payload);
    case products.push:
      return interpretMediaPush(eventType, payload);
    case products.pull:
      return ignored("Media Pull is not used");
    default:
      return unrecognised(`no product of Agora that Tally knows: ${productId}`);
  }
}
