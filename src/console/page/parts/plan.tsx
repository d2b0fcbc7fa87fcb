import type { ChannelReplay, ReplayPlan } from "@tally/client";

import { labelOf } from "../light.ts";
import { pathTo } from "../route.ts";
import { Lamp } from "./lamp.tsx";

/** What a replay would change, or has changed: those channels first in which something differs. */
export function Plan({ plan: { events, channels, isTruncated } }: { plan: ReplayPlan }) {
  const differing = channels.filter(({ differs }) => differs);
  return (
    <>
      <p>
        {events} {events === 1 ? "event" : "events"}, {channels.length} {channels.length === 1 ? "channel" : "channels"}
        ; <strong>{differing.length === 0 ? "nothing differs" : `${differing.length} would differ`}</strong>.
        {isTruncated && " There may be more events that fit: these are the newest."}
      </p>
      {differing.map((channel) => (
        <ChannelPlan key={channel.channel} plan={channel} />
      ))}
    </>
  );
}

/** One channel, before and after. */
export function ChannelPlan({ plan }: { plan: ChannelReplay }) {
  const { channel, before, after, leadsTo, changes, sessions, does, hold, differs, isEnded, isPaid, keptFrom } = plan;
  return (
    <section class="plan" aria-label={`What changes in ${channel}`}>
      <h3>
        <a href={pathTo.channel(channel)}>{channel}</a>
      </h3>
      <p class="before-after">
        <Lamp status={before} /> <Becomes /> <Lamp status={after} />
        {labelOf(leadsTo) !== labelOf(after) && (
          <>
            {" "}
            <Becomes /> <Lamp status={leadsTo} />
          </>
        )}
      </p>
      {!differs && <p class="quiet">Nothing differs.</p>}
      {differs && changes.length === 0 && <p>Only details differ that nobody sees in its status.</p>}
      {changes.length > 0 && (
        <table class="changes">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Now</th>
              <th scope="col">Then</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ path, before: now, after: then }) => (
              <tr key={path}>
                <th scope="row">{path}</th>
                <td>{valueOf(now)}</td>
                <td>{valueOf(then)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {keptFrom !== null && (
        <p class="quiet">Events up to {keptFrom} are not kept any more: what they were read as stays.</p>
      )}
      <ul>
        {sessions > 0 && (
          <li>
            {sessions} of its sessions {sessions === 1 ? "is" : "are"} otherwise than stored.
          </li>
        )}
        {does.map((call) => (
          <li key={call}>
            {hold ? "Once it is released, it would" : "It would"} {call}.
          </li>
        ))}
        {isPaid && <li class="paid">A recorder would come of it, which costs money for as long as it runs.</li>}
        {hold && <li>The channel is held: it starts nothing until the host’s next event, or until it is released.</li>}
        {isEnded && <li>Its last broadcast is over.</li>}
      </ul>
    </section>
  );
}

function Becomes() {
  return (
    <>
      <span aria-hidden="true">→</span>
      <span class="unseen">becomes</span>
    </>
  );
}

function valueOf(value: string | number | boolean | null) {
  return value === null ? <span class="quiet">not there</span> : <code>{String(value)}</code>;
}
