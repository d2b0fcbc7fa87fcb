import type { Event } from "@tally/client";
import { useEffect, useState } from "preact/hooks";

import { Action } from "../parts/action.tsx";
import { Shown } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { Pager } from "../parts/pager.tsx";
import { Time } from "../parts/time.tsx";
import { pathTo } from "../route.ts";
import { tally } from "../tally.ts";
import { useLoaded } from "../use-loaded.ts";
import { filterOf } from "./filter.ts";
import { FilterForm } from "./filter-form.tsx";
import { inWords } from "./in-words.ts";
import { ReplayDialog } from "./replay-dialog.tsx";

/** The log, by a filter, newest first; chosen events, or all that fit, can be processed again. */
export function EventsPage({ query }: { query: URLSearchParams }) {
  const filter = filterOf(query);
  const before = Number(query.get("before") ?? NaN);
  const key = query.toString();
  const page = useLoaded(key, (signal) =>
    tally.listEvents({ ...filter, limit: 50, ...(Number.isInteger(before) ? { before } : {}) }, { signal }),
  );
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [replayed, setReplayed] = useState<"chosen" | "all" | null>(null);
  useEffect(() => setChosen(new Set()), [key]);
  const toggle = (id: number) =>
    setChosen((old) => {
      const next = new Set(old);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return (
    <Page title="Events">
      <FilterForm key={key} filter={filter} />
      <section aria-label="Replay" class="actions">
        <Action
          label={`Replay ${chosen.size} chosen …`}
          why={chosen.size === 0 ? "Choose events below" : null}
          onClick={() => setReplayed("chosen")}
        />
        <Action
          label="Replay all that fit …"
          why={Object.keys(filter).length === 0 ? "Set a filter first" : null}
          onClick={() => setReplayed("all")}
        />
      </section>
      <Shown loaded={page}>
        {({ items, next }) => (
          <>
            {items.length === 0 ? (
              <p class="quiet">No event fits.</p>
            ) : (
              <Table events={items} chosen={chosen} onToggle={toggle} />
            )}
            <Pager
              isFirst={Number.isNaN(before)}
              newest={pathTo.events(filter)}
              older={next === null ? null : pathTo.events({ ...filter, before: String(next) })}
            />
          </>
        )}
      </Shown>
      {replayed !== null && (
        <ReplayDialog
          request={replayed === "chosen" ? { ids: [...chosen] } : filter}
          onClose={() => {
            setReplayed(null);
            page.reload();
          }}
        />
      )}
    </Page>
  );
}

interface TableProps {
  events: readonly Event[];
  chosen: ReadonlySet<number>;
  onToggle: (id: number) => void;
}

function Table({ events, chosen, onToggle }: TableProps) {
  return (
    <table class="stack">
      <thead>
        <tr>
          <th scope="col">Chosen</th>
          <th scope="col">Event</th>
          <th scope="col">Received</th>
          <th scope="col">Channel</th>
          <th scope="col">Source</th>
          <th scope="col">What</th>
          <th scope="col">Status</th>
        </tr>
      </thead>
      <tbody>
        {events.map(({ id, receivedAt, channel, source, type, description, status, note }) => (
          <tr key={id} data-row>
            <td>
              <input
                type="checkbox"
                aria-label={`Choose event ${id}`}
                checked={chosen.has(id)}
                onChange={() => onToggle(id)}
              />
            </td>
            <th scope="row" data-label="Event">
              <a href={pathTo.event(id)}>{id}</a>
            </th>
            <td data-label="Received">
              <Time at={receivedAt} isExact />
            </td>
            <td data-label="Channel">{channel === null ? "–" : <a href={pathTo.channel(channel)}>{channel}</a>}</td>
            <td data-label="Source">{source}</td>
            <td data-label="What" class="what">
              <p>
                {inWords(description)} <code class="quiet">{type}</code>
              </p>
              {note !== null && (
                <p class="quiet">
                  <span class="unseen">Note: </span>
                  {note}
                </p>
              )}
            </td>
            <td data-label="Status">
              <span class={`tag ${status}`}>{status}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
