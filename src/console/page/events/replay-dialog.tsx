import type { Replay, ReplayPlan, ReplayRequest } from "@tally/client";
import { useState } from "preact/hooks";

import { Confirm, Dialog } from "../parts/dialog.tsx";
import { Shown } from "../parts/notice.tsx";
import { Plan } from "../parts/plan.tsx";
import { tally } from "../tally.ts";
import { useLoaded } from "../use-loaded.ts";

/** Processes events again: says first what that would change, and does it once that is confirmed. */
export function ReplayDialog({ request, onClose }: { request: ReplayRequest; onClose: () => void }) {
  const [act, setAct] = useState(false);
  const [ended, setEnded] = useState(false);
  const [done, setDone] = useState<Replay | null>(null);
  const whole: ReplayRequest = { ...request, ...(act ? { act } : {}), ...(act && ended ? { ended } : {}) };
  const plan = useLoaded(JSON.stringify(whole), (signal) => tally.planReplay(whole, { signal }));
  if (done !== null) {
    return (
      <Dialog title="Replayed" onClose={onClose}>
        <p role="status">
          {done.events} {done.events === 1 ? "event was" : "events were"} processed again; {done.changed}{" "}
          {done.changed === 1 ? "channel" : "channels"} changed.
        </p>
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
          nothing until it is released
        </label>
        <label>
          <input type="radio" name="act" checked={act} onChange={() => setAct(true)} /> let it start what it wants now
        </label>
        {act && (
          <label>
            <input type="checkbox" checked={ended} onChange={(event) => setEnded(event.currentTarget.checked)} /> also
            where the last broadcast is over: a recorder would record an empty room
          </label>
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

/** What starts a recorder is confirmed by its channel's name; of several by how many there are. */
function toType({ channels }: ReplayPlan): string {
  const differing = channels.filter(({ differs }) => differs);
  const [first, ...others] = differing.length === 0 ? channels : differing;
  if (first === undefined) return "nothing";
  return others.length === 0 ? first.channel : `${others.length + 1} channels`;
}
