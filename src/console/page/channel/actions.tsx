import type { Status } from "@tally/client";
import { useState } from "preact/hooks";

import { isOpen } from "../light.ts";
import { Action } from "../parts/action.tsx";
import { Confirm, Dialog } from "../parts/dialog.tsx";
import { Shown } from "../parts/notice.tsx";
import { ChannelPlan } from "../parts/plan.tsx";
import { tally } from "../tally.ts";
import { useLoaded } from "../use-loaded.ts";

type Deed = "check" | "start" | "stop" | "release" | "rebuild";

/** What can be done about a channel; each says first what it will do. */
export function Actions({ status }: { status: Status }) {
  const [deed, setDeed] = useState<Deed | null>(null);
  const [done, setDone] = useState("");
  const end = () => setDeed(null);
  const finish = (words: string) => () => {
    setDone(words);
    setDeed(null);
  };
  const isStopping = status.state === "stopping";
  const open = isOpen(status);
  return (
    <section aria-label="Actions" class="actions">
      <Action label="Start …" why={open ? "A session is open" : null} onClick={() => setDeed("start")} />
      <Action
        label="Stop …"
        isDangerous
        why={open && !isStopping ? null : isStopping ? "It is stopping" : "No session is open"}
        onClick={() => setDeed("stop")}
      />
      <Action
        label="Release …"
        why={status.hold === null ? "Nothing is held" : null}
        onClick={() => setDeed("release")}
      />
      <Action label="Ask the providers now" onClick={() => setDeed("check")} />
      <Action label="Rebuild …" onClick={() => setDeed("rebuild")} />
      <p role="status" class="quiet">
        {done}
      </p>
      {deed === "start" && <Start status={status} onCancel={end} onDone={finish("A start was asked for.")} />}
      {deed === "stop" && <Stop status={status} onCancel={end} onDone={finish("A stop was asked for.")} />}
      {deed === "release" && <Release status={status} onCancel={end} onDone={finish("It was released.")} />}
      {deed === "check" && <Check channel={status.channel} onClose={end} />}
      {deed === "rebuild" && <Rebuild status={status} onCancel={end} onDone={finish("It was rebuilt.")} />}
    </section>
  );
}

interface DeedProps {
  status: Status;
  onCancel: () => void;
  onDone: () => void;
}

const paid = "A recorder is asked for at Agora: it costs money for as long as it runs.";

function Start({ status: { channel, host, hold }, onCancel, onDone }: DeedProps) {
  return (
    <Dialog title={`Start ${channel}`} onClose={onCancel}>
      <ul>
        <li>A session is opened.</li>
        <li class="paid">{paid}</li>
        {!host.present && <li>The host is not there: the recorder would record an empty room until she comes.</li>}
        {hold !== null && <li>The hold ({hold.reason.replaceAll("_", " ")}) is released.</li>}
      </ul>
      <Confirm
        doIt="Start"
        typed={host.present ? null : channel}
        run={() => tally.startRecording(channel)}
        onDone={onDone}
        onCancel={onCancel}
      />
    </Dialog>
  );
}

function Stop({ status: { channel, sessionId, live }, onCancel, onDone }: DeedProps) {
  return (
    <Dialog title={`Stop ${channel}`} onClose={onCancel}>
      <ul>
        <li>Session {sessionId} is ended, and its recorder is stopped.</li>
        {live && <li class="paid">The channel is on air: viewers lose the picture.</li>}
        <li>The channel is held: nothing starts until the host joins anew, or it is released or started.</li>
      </ul>
      <Confirm
        doIt="Stop"
        isDangerous
        typed={live ? channel : null}
        // That session and never the one after it.
        run={() => (sessionId === null ? tally.stopRecording(channel) : tally.stopSession(sessionId))}
        onDone={onDone}
        onCancel={onCancel}
      />
    </Dialog>
  );
}

function Release({ status: { channel, host }, onCancel, onDone }: DeedProps) {
  return (
    <Dialog title={`Release ${channel}`} onClose={onCancel}>
      <ul>
        <li>The hold is released: the channel does again what its host asks for.</li>
        {host.present ? (
          <li class="paid">The host is there, so it may start at once. {paid}</li>
        ) : (
          <li>The host is not there: nothing starts now.</li>
        )}
      </ul>
      <Confirm doIt="Release" run={() => tally.releaseChannel(channel)} onDone={onDone} onCancel={onCancel} />
    </Dialog>
  );
}

/** Changes nothing by itself, so it is done at once. */
function Check({ channel, onClose }: { channel: string; onClose: () => void }) {
  const report = useLoaded(channel, (signal) => tally.checkChannel(channel, { signal }));
  return (
    <Dialog title={`What the providers say of ${channel}`} onClose={onClose}>
      <Shown loaded={report}>
        {({ answers, isComplete, next }) => (
          <div role="status">
            <ul>
              {answers.map(({ about, resourceId, answer }) => (
                <li key={`${about}${resourceId ?? ""}`}>{answer ?? `No answer yet about the ${about}.`}</li>
              ))}
            </ul>
            <p>{isComplete ? next : "What the rest of the answers comes to, the status shows when they are there."}</p>
          </div>
        )}
      </Shown>
    </Dialog>
  );
}

function Rebuild({ status: { channel }, onCancel, onDone }: DeedProps) {
  const plan = useLoaded(channel, (signal) => tally.planRebuild(channel, { signal }));
  return (
    <Dialog title={`Rebuild ${channel} from its events`} onClose={onCancel}>
      <Shown loaded={plan}>
        {(channelPlan) => (
          <>
            <ChannelPlan plan={channelPlan} />
            <Confirm
              doIt="Rebuild"
              isPossible={channelPlan.differs}
              run={() => tally.rebuildChannel(channel)}
              onDone={onDone}
              onCancel={onCancel}
            />
          </>
        )}
      </Shown>
    </Dialog>
  );
}
