import type { Answer } from "../refused.ts";
import type { World } from "../world/index.ts";

/** From which addresses notifications come (Agora docs: rest-api/ncs-ip). */
export function ncsIp({ settings }: World): Answer {
  const hosts = settings.ncsAddresses.map((primaryIP) => ({ primaryIP }));
  return { status: 200, body: { data: { service: { hosts } } } };
}
