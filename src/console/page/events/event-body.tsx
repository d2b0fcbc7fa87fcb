import type { EventDetail } from "@tally/client";

import { Facts } from "../parts/facts.tsx";
import { Shown } from "../parts/notice.tsx";
import { Raw } from "../parts/raw.tsx";
import { Time } from "../parts/time.tsx";
import { pathTo } from "../route.ts";
import { tally } from "../tally.ts";
import { useLoaded } from "../use-loaded.ts";
import { inWords } from "./in-words.ts";

/** An event as it is in the log. */
export function EventBody({ id }: { id: number }) {
  const event = useLoaded(String(id), (signal) => tally.getEvent(id, { signal }));
  return <Shown loaded={event}>{(detail) => <Body event={detail} />}</Shown>;
}

function Body({ event }: { event: EventDetail }) {
  const { channel, route, occurredAt, appliedAt, appliedVersion, erasedAt, headers, payload, raw } = event;
  return (
    <>
      <Facts
        of={{
          What: inWords(event.description),
          Type: <code>{event.type}</code>,
          Source: event.source,
          Status: event.status,
          Note: event.note,
          Channel: channel === null ? null : <a href={pathTo.channel(channel)}>{channel}</a>,
          Route: route === null ? null : `${route.kind.replace("_", " ")} ${route.key}`,
          Received: <Time at={event.receivedAt} isExact />,
          Happened: occurredAt === null ? null : <Time at={occurredAt} isExact />,
          Applied: appliedAt === null ? null : <Time at={appliedAt} isExact />,
          "In version": appliedVersion,
          "Erased from": erasedAt === null ? null : <Time at={erasedAt} isExact />,
          "Same as": <code>{event.dedupeKey}</code>,
        }}
      />
      <Raw value={raw ?? payload} label="Body" />
      {headers !== null && <Raw value={headers} label="Headers" />}
    </>
  );
}
