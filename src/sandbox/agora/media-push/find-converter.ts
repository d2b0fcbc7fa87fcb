import type { Call } from "../../http/index.ts";
import type { Converter, World } from "../../world/index.ts";
import { refusals } from "./refusals.ts";

/**
 * The converter that a call's path names.
 *
 * @throws Refused with 404 for one that is unknown, destroyed, of another region, or moving to another machine (Agora
 *   docs, media-push best practices: "or is in the process of failover")
 */
export function findConverter(world: World, { params }: Call): Converter {
  const converter = world.converters.byId(params.converterId ?? "");
  const isThere =
    converter?.entry.region === params.region && !["destroyed", "migrating"].includes(converter?.entry.state ?? "");
  if (!converter || !isThere) throw refusals(world).notFound();
  return converter;
}
