import { agoraSubscriptions, describeType } from "../webhooks/index.ts";

/** One product of Agora's console, with the events to tick. */
export interface AgoraProduct {
  product: string;
  url: string;
  /** The setting that takes the secret which the console shows for this product. */
  secret: "AGORA_NCS_SECRET";
  /** When it is needed. */
  when: string;
  events: { number: number; name: string; isOptional: boolean }[];
}

/** What to enter in Agora's console: from the registry of events that the webhooks are read by. */
export function agoraProducts(publicUrl: string): AgoraProduct[] {
  return agoraSubscriptions.map(({ product, prefix, when, events, optional }) => ({
    product,
    url: `${publicUrl}/webhooks/agora`,
    secret: "AGORA_NCS_SECRET",
    when,
    events: [...events, ...optional]
      .sort((a, b) => a - b)
      .map((number) => ({
        number,
        name: describeType(`${prefix}.${number}`),
        isOptional: optional.includes(number),
      })),
  }));
}
