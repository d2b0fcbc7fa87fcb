import type { Refused } from "./refusals.ts";

/** What a refusal means to whoever runs this. */
export interface RefusalAdvice {
  /** Whose deliveries these are, or are made to look like. */
  sender: string;
  /** Likely a provider's own, turned away by a wrong setting; the others are mostly strangers' noise. */
  isAlarming: boolean;
  todo: string;
  /** It lasts until the service is started with another setting: what is accepted before says nothing of it. */
  needsRestart: boolean;
}

const senders: Readonly<Record<string, string>> = {
  "/agora": "Agora",
  "/cloudflare/live": "Cloudflare notifications",
  "/cloudflare/video": "Cloudflare Stream's webhook",
};

/** By what a reason names, in the words of `webhooks/`: the first that fits counts. */
const alarms: readonly { words: RegExp; todo: string; needsRestart: boolean }[] = [
  {
    words: /AGORA_NCS_SECRET/,
    todo:
      "If a product was added in Agora's console (each has a secret of its own), or its secret made anew, add that to " +
      "AGORA_NCS_SECRET (comma-separated, the old ones may stay) and restart; else a proxy on the way changes the body.",
    needsRestart: true,
  },
  {
    words: /no cf-webhook-auth/,
    todo:
      "If it is Cloudflare's, its destination has no secret: enter CLOUDFLARE_NOTIFICATION_SECRET there; " +
      "or delete the destination, and tally setup cloudflare makes it anew. Else a stranger has sent it.",
    needsRestart: false,
  },
  {
    words: /cf-webhook-auth/,
    todo:
      "If the secret was changed at Cloudflare, add the new one to CLOUDFLARE_NOTIFICATION_SECRET (comma-separated, " +
      "the old one may stay) and restart; else enter ours there, or delete the destination there, and " +
      "tally setup cloudflare makes it anew with ours.",
    needsRestart: false,
  },
  {
    words: /CLOUDFLARE_STREAM_WEBHOOK_SECRET/,
    todo:
      "If the webhook was set anew at Cloudflare, which makes a new secret, add that to " +
      "CLOUDFLARE_STREAM_WEBHOOK_SECRET (comma-separated, the old one may stay) and restart: " +
      "tally setup cloudflare tells it.",
    needsRestart: true,
  },
  { words: /too old/, todo: "tally doctor compares the clocks.", needsRestart: false },
  {
    words: /none of Agora's/,
    todo:
      "If a proxy stands before Tally, TRUST_PROXY must count it, or its address is taken for the sender's; " +
      "else strangers have sent it.",
    needsRestart: true,
  },
];

const noise =
  "Likely a stranger's: nothing to do, unless a webhook of a provider is missing. " +
  "Then look at what stands between (proxy, firewall), and at tally doctor.";

/** @param refused - as it is counted: its reason is in our words */
export function adviceOn({ door, why }: Pick<Refused, "door" | "why">): RefusalAdvice {
  const alarm = alarms.find(({ words }) => words.test(why));
  const { todo, needsRestart } = alarm ?? { todo: noise, needsRestart: false };
  return { sender: senders[door] ?? door, isAlarming: alarm !== undefined, todo, needsRestart };
}
