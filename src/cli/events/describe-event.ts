import type { EventItem } from "../../operators/index.ts";

/** The type and what it means: `rtc.103 host joined`. */
export function describeEvent({ type, description }: Pick<EventItem, "type" | "description">): string {
  return description === type ? type : `${type} ${description}`;
}
