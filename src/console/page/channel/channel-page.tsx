import type { OverviewChannel, Status } from "@tally/client";

import { whyNot } from "../light.ts";
import { Facts } from "../parts/facts.tsx";
import { Lamp } from "../parts/lamp.tsx";
import { Failure } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { Since, Time } from "../parts/time.tsx";
import { Unheeded } from "../parts/unheeded.tsx";
import { pathTo } from "../route.ts";
import { Actions } from "./actions.tsx";
import { Curves } from "./curves.tsx";
import { Picture } from "./picture.tsx";
import { Sessions } from "./sessions.tsx";
import { useStatus } from "./use-status.ts";

interface ChannelPageProps {
  name: string;
  /** What the overview knows of it; null: nothing. */
  known: OverviewChannel | null;
}

/** One channel: how it is and why, what can be done about it, its picture, its viewers and its sessions. */
export function ChannelPage({ name, known }: ChannelPageProps) {
  const { status, error } = useStatus(name);
  const doubt = known?.doubt ?? null;
  const unheeded = known?.unheeded ?? null;
  return (
    <Page title={name} aside={status !== null && <Lamp status={status} doubt={doubt} name="Light" />}>
      {error !== null && <Failure error={status === null ? error : `${error} What is shown may be old.`} />}
      {status === null ? (
        error === null && <p class="quiet">Loading …</p>
      ) : (
        <>
          <WhyNot status={status} doubt={doubt} />
          {unheeded !== null && !status.live && (
            <p class="notice" role="status">
              <strong>{whyNot(status, doubt) === null ? "Perhaps why not on air: " : "Also: "}</strong>
              <Unheeded of={unheeded} />
            </p>
          )}
          <Actions status={status} />
          <div class="columns">
            <section aria-labelledby="status">
              <h2 id="status">Status</h2>
              <StatusFacts status={status} />
            </section>
            <section aria-labelledby="picture">
              <h2 id="picture">Picture</h2>
              <Picture link={status.playback?.hls ?? null} />
            </section>
          </div>
          <Curves channel={name} version={status.version} />
          <Sessions channel={name} version={status.version} />
        </>
      )}
    </Page>
  );
}

function WhyNot({ status, doubt }: { status: Status; doubt: OverviewChannel["doubt"] }) {
  const why = whyNot(status, doubt);
  if (why === null) return null;
  return (
    <p class={`notice ${status.reason === null && doubt === null ? "" : "bad"}`} role="status">
      <strong>{status.live ? "On air, but: " : "Why not on air: "}</strong>
      {why} {status.reason !== null && <code>{status.reason.code}</code>}
    </p>
  );
}

function StatusFacts({ status }: { status: Status }) {
  const { host, relay, ingest, hold, sessionId, startedAt, liveAt, playableAt, stoppedAt, updatedAt } = status;
  const time = (at: string | null) => (at === null ? null : <Time at={at} />);
  const yes = (is: boolean) => (is ? "yes" : "no");
  return (
    <Facts
      of={{
        State: status.state,
        "On air": yes(status.live),
        Playable: yes(status.playable),
        Held: hold === null ? null : hold.reason.replaceAll("_", " "),
        Host: host.present ? (
          <>
            there
            {host.since !== null && (
              <>
                , for <Since at={host.since} />
              </>
            )}
          </>
        ) : (
          <>
            not there
            {host.since !== null && (
              <>
                , for <Since at={host.since} />
              </>
            )}
          </>
        ),
        Recorder: `${relay.state} (${relay.mode})`,
        RTMP: relay.rtmp ?? "unknown",
        Ingest: (
          <>
            {ingest.state}
            {ingest.since !== null && (
              <>
                , for <Since at={ingest.since} />
              </>
            )}
          </>
        ),
        "Ingest error": ingest.error === null ? null : `${ingest.error.code}: ${ingest.error.message}`,
        Session: sessionId === null ? null : <a href={pathTo.session(sessionId)}>{sessionId}, its timeline</a>,
        Opened: time(startedAt),
        Live: time(liveAt),
        "Playable since": time(playableAt),
        Ended: time(stoppedAt),
        Changed: (
          <>
            {time(updatedAt)}, version {status.version}
          </>
        ),
        Number: status.channelId,
        Events: <a href={pathTo.events({ channel: status.channel })}>Events of {status.channel}</a>,
        Calls: <a href={pathTo.effects({ channel: status.channel, status: "any" })}>Calls owed to providers</a>,
      }}
    />
  );
}
