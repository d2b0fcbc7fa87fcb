import type { Reception } from "./receive.ts";

/**
 * Why a delivery was refused, in our words only: there are few of them, whatever is sent.
 *
 * @returns null if it wasn't refused
 */
export function refusalOf(reception: Reception): string | null {
  switch (reception.outcome) {
    case "unauthenticated":
      return reception.kind;
    case "address_refused":
      return "sent from an address that is none of Agora's";
    case "too_large":
      return "a body of more than 1 MiB";
    case "encoded":
      return "a body with a Content-Encoding";
    case "broken_off":
      return "the connection broke off";
    case "crowded_out":
      return "too many large bodies at once";
    case "stored":
    case "duplicate":
    case "not_stored":
      return null;
  }
}
