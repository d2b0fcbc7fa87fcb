/**
 * What we hold for true of who is here may not be: notices can be lost for good while we are down. Agora is to be asked,
 * whether or not a session is open.
 */
export interface PresenceDoubted {
  type: "PresenceDoubted";
  why: "outage" | "operator";
}
