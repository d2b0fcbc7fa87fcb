import type { Session } from "@tally/client";
import { useEffect, useState } from "preact/hooks";

import { Shown } from "../parts/notice.tsx";
import { Since, Time } from "../parts/time.tsx";
import { pathTo } from "../route.ts";
import { tally } from "../tally.ts";
import { lasting } from "../times.ts";
import { useLoaded } from "../use-loaded.ts";

/** A channel's sessions, the newest first, a page at a time. */
export function Sessions({ channel, version }: { channel: string; version: number }) {
  const [after, setAfter] = useState<number | null>(null);
  useEffect(() => setAfter(null), [channel]);
  const query = { limit: 10, ...(after === null ? {} : { after }) };
  const page = useLoaded(
    `${channel} ${after ?? ""}`,
    (signal) => tally.listSessions(channel, query, { signal }),
    version,
  );
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">Sessions</h2>
      <Shown loaded={page}>
        {({ items, next }) =>
          items.length === 0 ? (
            <p class="quiet">There was none yet.</p>
          ) : (
            <>
              <Table sessions={items} />
              <div class="pager">
                {after !== null && (
                  <button type="button" onClick={() => setAfter(null)}>
                    Newest
                  </button>
                )}
                {next !== null && (
                  <button type="button" onClick={() => setAfter(next)}>
                    Older
                  </button>
                )}
              </div>
            </>
          )
        }
      </Shown>
    </section>
  );
}

function Table({ sessions }: { sessions: Session[] }) {
  return (
    <table class="stack">
      <thead>
        <tr>
          <th scope="col">Session</th>
          <th scope="col">Opened</th>
          <th scope="col">Lasted</th>
          <th scope="col">Live after</th>
          <th scope="col">Ended by</th>
          <th scope="col" class="number">
            Recorded
          </th>
          <th scope="col" class="number">
            Cost
          </th>
        </tr>
      </thead>
      <tbody>
        {sessions.map(({ id, openedAt, liveAt, closedAt, endReason, recordedSeconds, cost }) => (
          <tr key={id} data-row>
            <th scope="row" data-label="Session">
              <a href={pathTo.session(id)}>{id}</a>
            </th>
            <td data-label="Opened">
              <Time at={openedAt} />
            </td>
            <td data-label="Lasted">
              <Since at={openedAt} until={closedAt} />
            </td>
            <td data-label="Live after">
              {liveAt === null ? "never" : lasting(Date.parse(liveAt) - Date.parse(openedAt))}
            </td>
            <td data-label="Ended by">{closedAt === null ? "open" : (endReason ?? "–").replaceAll("_", " ")}</td>
            <td data-label="Recorded" class="number">
              {lasting(recordedSeconds * 1000)}
            </td>
            <td data-label="Cost" class="number">
              <span title={costWords(cost)}>
                {cost.amount.toFixed(2)} {cost.currency}
                <span class="unseen">: {costWords(cost)}</span>
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Minutes × rate = amount, of each part that costs anything. */
function costWords({ agora, cloudflare, resolution, asOf, currency }: Session["cost"]): string {
  const parts = [
    ["Cloud Recording", agora.cloudRecording],
    ["Media Push", agora.mediaPush],
    ["storage for a month", cloudflare.storedMonth],
  ] as const;
  const words = parts
    .filter(([, { amount }]) => amount > 0)
    .map(([name, { seconds, amount }]) => {
      const rate = (amount / seconds) * 60_000;
      return `${name}: ${(seconds / 60).toFixed(1)} min × ${rate.toFixed(2)} ${currency} per 1,000 min = ${amount.toFixed(4)}`;
    });
  return words.length === 0 ? "nothing is paid for yet" : `${words.join("; ")} (${resolution}, prices of ${asOf})`;
}
