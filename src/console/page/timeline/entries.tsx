import type { TimelineEntry } from "@tally/client";
import { useEffect, useId, useRef, useState } from "preact/hooks";

import { EventBody } from "../events/event-body.tsx";
import { Call } from "../parts/call.tsx";
import { Time } from "../parts/time.tsx";
import { pathTo } from "../route.ts";
import { lasting } from "../times.ts";
import { laneNames } from "./lanes.ts";
import { Mark } from "./mark.tsx";

interface EntriesProps {
  entries: readonly TimelineEntry[];
  selected: string | null;
  onSelect: (id: string | null) => void;
}

/** What is drawn, told in order; the selected entry is open. */
export function Entries({ entries, selected, onSelect }: EntriesProps) {
  return (
    <ol class="entries">
      {entries.map((entry) => (
        <Entry
          key={entry.id}
          entry={entry}
          isSelected={entry.id === selected}
          onToggle={() => onSelect(entry.id === selected ? null : entry.id)}
        />
      ))}
    </ol>
  );
}

const tones = { good: "good: ", bad: "bad: ", neutral: "" };

function Entry({ entry, isSelected, onToggle }: { entry: TimelineEntry; isSelected: boolean; onToggle: () => void }) {
  const { at, kind, lane, title, tone, detail } = entry;
  const detailId = useId();
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isSelected) item.current?.scrollIntoView({ block: "nearest" });
  }, [isSelected]);
  return (
    <li ref={item} data-entry={entry.id} class={`entry ${tone} ${isSelected ? "selected" : ""}`} data-row>
      <button
        type="button"
        aria-expanded={isSelected}
        aria-describedby={detail === null ? undefined : detailId}
        onClick={onToggle}
      >
        <Time at={at} isExact />
        <span class="lane">
          <svg viewBox="-8 -8 16 16" width="14" height="14" aria-hidden="true">
            <Mark kind={kind} tone={tone} />
          </svg>
          {laneNames[lane]}
        </span>
        <span class="title">
          <span class="unseen">{tones[tone]}</span>
          {title}
        </span>
      </button>
      {detail !== null && (
        <p id={detailId} class="detail">
          {detail}
        </p>
      )}
      {isSelected && <Opened entry={entry} />}
    </li>
  );
}

function Opened({ entry }: { entry: TimelineEntry }) {
  const [isRaw, setIsRaw] = useState(false);
  const { type, occurredAt, skewMs, note, status, untilAt, eventId, effectId, call } = entry;
  return (
    <div class="opened">
      <p class="quiet">
        <code>{type}</code>
        {status !== null && <>, {status}</>}
        {occurredAt !== null && (
          <>
            , happened <Time at={occurredAt} isExact />
            {skewMs !== null && ` (we learnt it ${skewMs} ms later)`}
          </>
        )}
        {untilAt !== null && (
          <>
            , until <Time at={untilAt} isExact /> ({lasting(Date.parse(untilAt) - Date.parse(entry.at))})
          </>
        )}
      </p>
      {note !== null && <p>{note}</p>}
      {call !== null && <Call call={call} />}
      <p class="buttons">
        {eventId !== null && (
          <button type="button" aria-expanded={isRaw} onClick={() => setIsRaw(!isRaw)}>
            {isRaw ? "Hide the event" : "Show the event"}
          </button>
        )}
        {eventId !== null && <a href={pathTo.event(eventId)}>Event {eventId}</a>}
        {effectId !== null && <a href={pathTo.effect(effectId)}>Effect {effectId}</a>}
      </p>
      {isRaw && eventId !== null && <EventBody id={eventId} />}
    </div>
  );
}
