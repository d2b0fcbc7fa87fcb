import type { Config } from "./config.ts";

/** The settings that hold what providers sign webhooks with. */
const names = ["AGORA_NCS_SECRET", "CLOUDFLARE_NOTIFICATION_SECRET", "CLOUDFLARE_STREAM_WEBHOOK_SECRET"] as const;

export type SigningSecret = (typeof names)[number];

/** What a webhook is signed with, by the setting of whoever takes it; undefined: nothing is known. */
export type SigningSecrets = Record<SigningSecret, string | undefined>;

/**
 * What webhooks to another Tally are signed with: its settings, given here as `TARGET_AGORA_NCS_SECRET` and so on; where
 * one isn't, our own. Of several the first, since the receiver takes any of its own.
 */
export function readSigningSecrets(
  env: NodeJS.ProcessEnv,
  { agora, cloudflare }: Pick<Config, "agora" | "cloudflare">,
): SigningSecrets {
  const [own, target] = [ownSecrets({ agora, cloudflare }), (name: SigningSecret) => firstOf(env[`TARGET_${name}`])];
  return Object.fromEntries(names.map((name) => [name, target(name) ?? own[name]])) as SigningSecrets;
}

/** What webhooks to the service of these settings are signed with. */
export function ownSecrets({ agora, cloudflare }: Pick<Config, "agora" | "cloudflare">): SigningSecrets {
  return {
    AGORA_NCS_SECRET: agora.ncsSecrets[0],
    CLOUDFLARE_NOTIFICATION_SECRET: cloudflare.notificationSecrets[0],
    CLOUDFLARE_STREAM_WEBHOOK_SECRET: cloudflare.webhookSecrets[0],
  };
}

function firstOf(list = ""): string | undefined {
  return list
    .split(",")
    .map((item) => item.trim())
    .find((item) => item !== "");
}
