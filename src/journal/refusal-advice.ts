import type { Refused } from "./refusals.ts";

/** What a refusal means to whoever runs this. */
export interface RefusalAdvice {
  /** Whose deliveries these are, or are made to look like. */
  sender: string;
  /** Likely a provider's own, turned away by a wrong setting; the others are mostly strangers' noise. */
  isAlarming: boolean;
  todo: string;
}

const senders: Readonly<Record<string, string>> = {
  "/agora": "Agora",
  "/cloudflare/live": "Cloudflare notifications",
  "/cloudflare/video": "Cloudflare Stream's webhook",
};

/** By what a reason names, in the words of `webhooks/`: the first that fits counts. */
const alarms: readonly [RegExp, string][] = [
  [
    /AGORA_NCS_SECRET/,
    "Each product in Agora's console has a secret of its own: put all of them into AGORA_NCS_SECRET, separated by commas.",
  ],
  [
    /cf-webhook-auth/,
    "Enter CLOUDFLARE_NOTIFICATION_SECRET as the destination's secret at Cloudflare; " +
      "or delete the destination there, and tally setup cloudflare makes it anew.",
  ],
  [
    /CLOUDFLARE_STREAM_WEBHOOK_SECRET/,
    "tally setup cloudflare tells the webhook's secret: set CLOUDFLARE_STREAM_WEBHOOK_SECRET to it.",
  ],
  [/too old/, "tally doctor compares the clocks."],
  [
    /none of Agora's/,
    "If a proxy stands before Tally, TRUST_PROXY must count it, or its address is taken for the sender's; " +
      "else strangers have sent it.",
  ],
];

const noise =
  "Likely a stranger's: nothing to do, unless a webhook of a provider is missing. " +
  "Then look at what stands between (proxy, firewall), and at tally doctor.";

/** @param refused - as it is counted: its reason is in our words */
export function adviceOn({ door, why }: Pick<Refused, "door" | "why">): RefusalAdvice {
  const [, todo] = alarms.find(([words]) => words.test(why)) ?? [];
  return { sender: senders[door] ?? door, isAlarming: todo !== undefined, todo: todo ?? noise };
}
