import type { Replay, ReplayPlan, ReplayRequest } from "@tally/client";
import { useState } from "preact/hooks";

import { Confirm, Dialog } from "../parts/dialog.tsx";
import { Lamp } from "../parts/lamp.tsx";
import { Shown } from "../parts/notice.tsx";
import { Plan } from "../parts/plan.tsx";
import { pathTo } from "../route.ts";
import { tally } from "../tally.ts";
import { useLoaded } from "../use-loaded.ts";

/** Processes events again: says first what that would change, and does it once that is confirmed. */
export function ReplayDialog({ request, onClose }: { request: ReplayRequest; onClose: () => void }) {
  const [act, setAct] = useState(false);
  const [ended, setEnded] = useState(false);
  const [done, setDone] = useState<Replay | null>(null);
  const whole: ReplayRequest = { ...request, ...(act ? { act } : {}), ...(act && ended ? { ended } : {}) };
  const plan = useLoaded(JSON.stringify(whole), (signal) => tally.planReplay(whole, { signal }));
  const channels = plan.value?.channels ?? [];
  const mayReopen = ended || channels.some(({ isEnded, hold }) => isEnded && hold);
  const kept = act
    ? []
    : channels.filter(({ hold, after }) => hold && after.host.present).map(({ channel }) => channel);
  if (done !== null) {
    return (
      <Dialog title="Replayed" onClose={onClose}>
        <Outcome of={done} />
        <div class="buttons">
          <button type="button" class="main" onClick={onClose}>
            Close
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Replay: what it would change" onClose={onClose}>
      <fieldset>
        <legend>Where it would start something</legend>
        <label>
          <input type="radio" name="act" checked={!act} onChange={() => setAct(false)} /> hold the channel: it starts
          nothing until the host’s next event, or until it is released
        </label>
        <label>
          <input type="radio" name="act" checked={act} onChange={() => setAct(true)} /> let it start what it wants now
        </label>
        {act && mayReopen && (
          <label>
            <input type="checkbox" checked={ended} onChange={(event) => setEnded(event.currentTarget.checked)} /> also
            where the last broadcast is over: a recorder may record an empty room
          </label>
        )}
        {kept.length > 0 && (
          <p class="notice" role="status">
            {kept.length === 1 ? `The host of ${kept[0]} is` : `The hosts of ${kept.join(", ")} are`} here now, and
            would stay off air. To have it start at once, choose <strong>let it start</strong>.
          </p>
        )}
      </fieldset>
      <Shown loaded={plan}>
        {(found) => (
          <>
            <Plan plan={found} />
            <Confirm
              doIt={`Replay ${found.events} ${found.events === 1 ? "event" : "events"}`}
              isDangerous={act}
              isPossible={found.events > 0}
              typed={act ? toType(found) : null}
              run={async () => setDone(await tally.replayEvents(whole))}
              onDone={() => undefined}
              onCancel={onClose}
            />
          </>
        )}
      </Shown>
    </Dialog>
  );
}

/** What came of it, and where to look on. */
function Outcome({ of: { events, channels, changed } }: { of: Replay }) {
  const differing = channels.filter(({ differs }) => differs);
  return (
    <>
      <p role="status">
        {events} {events === 1 ? "event was" : "events were"} processed again; {changed}{" "}
        {changed === 1 ? "channel" : "channels"} changed.
      </p>
      <ul>
        {differing.map(({ channel, leadsTo }) => (
          <li key={channel}>
            <a href={pathTo.channel(channel)}>{channel}</a>: <Lamp status={leadsTo} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** What starts a recorder is confirmed by its channel's name; of several by how many there are. */
function toType({ channels }: ReplayPlan): string {
  const differing = channels.filter(({ differs }) => differs);
  const [first, ...others] = differing.length === 0 ? channels : differing;
  if (first === undefined) return "nothing";
  return others.length === 0 ? first.channel : `${others.length + 1} channels`;
}
