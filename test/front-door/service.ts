import type { HttpLimits } from "../../src/http-server.ts";
import { signAgora, signCloudflareNotification, signCloudflareVideo } from "../../src/webhooks/index.ts";
import { ncsSecret, notificationSecret, type Service, useService } from "../api/service.ts";
import type { Door } from "../webhooks/support.ts";

const webhookSecret = "webhook-secret";

/** Gives up on the slow within a moment: for tests that wait for just that. */
export const impatient = { headersMs: 200, requestMs: 300, checkMs: 10, lingerMs: 100 };

/** The whole service with all three doors open. */
export function useFrontDoor(limits: Partial<HttpLimits> = {}): () => Service {
  return useService({
    cloudflare: { notificationSecrets: [notificationSecret], webhookSecrets: [webhookSecret], playbackUrl: null },
    limits,
  });
}

/** Headers that authenticate `body` at a door, now. */
export function signNow(door: Door, body: string | Uint8Array): Record<string, string> {
  switch (door) {
    case "/agora":
      return signAgora(ncsSecret, body);
    case "/cloudflare/live":
      return signCloudflareNotification(notificationSecret);
    case "/cloudflare/video":
      return signCloudflareVideo(webhookSecret, body, Math.floor(Date.now() / 1000));
  }
}

/** Rows of the log that came in by the front door. */
export function countWebhooks(service: Service): Promise<number> {
  return service.countEvents("agora", "cloudflare");
}

/** Lines of the log that a fault of ours has written. */
export function faults(service: Service): unknown[] {
  return service.lines.filter(({ level }) => level === "error" || level === "fatal");
}
