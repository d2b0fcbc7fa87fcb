import { createHmac } from "node:crypto";

import type { Sandbox } from "../../src/sandbox/index.ts";
import { env } from "./clients.ts";
import type { Received } from "./receiver.ts";

/** Whether a webhook proves its sender, reckoned here by the documents and not by Tally's code. */
export function isSigned(sandbox: Sandbox, { path, headers, raw, body }: Received): boolean {
  const hmac = (hash: string, secret: string, text: string) => createHmac(hash, secret).update(text).digest("hex");
  switch (path) {
    case "/webhooks/agora": {
      // One secret per product.
      const [rtc, recording, push] = env(sandbox, "AGORA_NCS_SECRET").split(",");
      const secret = new Map([
        [1, rtc],
        [3, recording],
        [5, push],
      ]).get(body.productId);
      if (secret === undefined) return false;
      return (
        headers["agora-signature"] === hmac("sha1", secret, raw) &&
        headers["agora-signature-v2"] === hmac("sha256", secret, raw)
      );
    }
    case "/webhooks/cloudflare/live":
      return headers["cf-webhook-auth"] === env(sandbox, "CLOUDFLARE_NOTIFICATION_SECRET");
    case "/webhooks/cloudflare/video": {
      const [, time = "", signature] =
        /^time=(\d+),sig1=([0-9a-f]{64})$/.exec(String(headers["webhook-signature"])) ?? [];
      return signature === hmac("sha256", env(sandbox, "CLOUDFLARE_STREAM_WEBHOOK_SECRET"), `${time}.${raw}`);
    }
    default:
      return false;
  }
}
