import type { OverviewChannel } from "@tally/client";
import { useState } from "preact/hooks";

import { compareLights, isOpen, isProblem, whyNot } from "../light.ts";
import { Lamp } from "../parts/lamp.tsx";
import { Page } from "../parts/page.tsx";
import { Since } from "../parts/time.tsx";
import { Unheeded } from "../parts/unheeded.tsx";
import { pathTo } from "../route.ts";
import type { OverviewState } from "../use-overview.ts";
import { Counts } from "./counts.tsx";
import { RefusedWebhooks } from "./refusals.tsx";
import { Wall } from "./wall.tsx";

/** Who is on air, who isn't and why: problems first. */
export function OnAirPage({ overview }: { overview: OverviewState }) {
  const [filter, setFilter] = useState("");
  const all = [...overview.channels.values()].sort(compareLights);
  const shown = all.filter(({ channel }) => channel.toLowerCase().includes(filter.trim().toLowerCase()));
  const problems = all.filter(isProblem).length;
  const title = problems === 0 ? "On air now" : `On air now: ${problems} with a problem`;
  return (
    <Page title={title}>
      <RefusedWebhooks refusals={overview.counts?.refusals ?? []} />
      <Counts counts={overview.counts} isLast={problems > 0 || all.some(({ unheeded }) => unheeded !== null)} />
      <section aria-label="Channels" class={`channels ${overview.lostAt === null ? "" : "old"}`}>
        <div class="tools">
          <label for="filter">Channel</label>
          <input
            id="filter"
            type="search"
            data-filter
            placeholder="part of its name"
            value={filter}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        </div>
        {overview.at === null && overview.lostAt === null ? (
          <p class="quiet">Loading …</p>
        ) : all.length === 0 ? (
          <p class="quiet">No channel has been active in the last 12 hours.</p>
        ) : shown.length === 0 ? (
          <p class="quiet">No channel of the last 12 hours has a name like that.</p>
        ) : (
          <table class="stack">
            <thead>
              <tr>
                <th scope="col">Light</th>
                <th scope="col">Channel</th>
                <th scope="col">For</th>
                <th scope="col" class="number" title="Those who watch the stream + those in the app">
                  Viewers
                </th>
                <th scope="col">Ingest</th>
                <th scope="col">Recorder</th>
                <th scope="col">Why not</th>
                <th scope="col">Session</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((channel) => (
                <Row key={channel.channel} of={channel} />
              ))}
            </tbody>
          </table>
        )}
      </section>
      <Wall overview={overview} />
    </Page>
  );
}

function Row({ of: { channel, status, doubt, viewers, sessionId, unheeded } }: { of: OverviewChannel }) {
  const { ingest, relay, startedAt, stoppedAt } = status;
  return (
    <tr data-row>
      <td>
        <Lamp status={status} doubt={doubt} />
      </td>
      <th scope="row" data-label="Channel">
        <a href={pathTo.channel(channel)}>{channel}</a>
      </th>
      <td data-label="For">{isOpen(status) && startedAt !== null ? <Since at={startedAt} /> : ended(stoppedAt)}</td>
      <td data-label="Viewers" class="number">
        {viewers === null ? "–" : <Watching {...viewers} />}
      </td>
      <td data-label="Ingest">{ingest.state}</td>
      <td data-label="Recorder">
        {relay.state}
        {relay.rtmp === null ? "" : `, ${relay.rtmp}`}
      </td>
      <td data-label="Why not" class="why">
        {whyNot(status, doubt)}
        {unheeded !== null && (
          <p>
            <Unheeded of={unheeded} />
          </p>
        )}
        {whyNot(status, doubt) === null && unheeded === null && "–"}
      </td>
      <td data-label="Session">{sessionId === null ? "–" : <a href={pathTo.session(sessionId)}>{sessionId}</a>}</td>
    </tr>
  );
}

function ended(stoppedAt: string | null) {
  if (stoppedAt === null) return "–";
  return (
    <span class="quiet">
      ended <Since at={stoppedAt} /> ago
    </span>
  );
}

/** `0 + 12`, and what that means for who points at it or has it read out. */
function Watching({ hls, agora }: { hls: number | null; agora: number | null }) {
  const words = `${hls ?? "unknown how many"} watch the stream, ${agora ?? "unknown how many"} in the app`;
  return (
    <span title={words}>
      <span aria-hidden="true">
        {hls ?? "–"} + {agora ?? "–"}
      </span>
      <span class="unseen">{words}</span>
    </span>
  );
}
