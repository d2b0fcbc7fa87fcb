import type { OverviewChannel } from "@tally/client";

import { pathTo } from "../route.ts";
import { Since } from "./time.tsx";

type Found = NonNullable<OverviewChannel["unheeded"]>;

/** That a notice about who is in the channel came to nothing, and the way to have it processed again. */
export function Unheeded({ of: { count, status, description, note, eventId, receivedAt } }: { of: Found }) {
  return (
    <>
      {count === 1 ? `1 notice ${status}` : `${count} notices without effect, the newest ${status}`}{" "}
      <Since at={receivedAt} /> ago: {description}
      {note === null ? "" : `, ${note}`}.{" "}
      <a href={pathTo.event(eventId)}>Event {eventId}: look at it, or process it again</a>
    </>
  );
}
