import type { EffectDetail } from "@tally/client";
import { useState } from "preact/hooks";

import { Action } from "../parts/action.tsx";
import { Call } from "../parts/call.tsx";
import { Confirm, Dialog } from "../parts/dialog.tsx";
import { Facts } from "../parts/facts.tsx";
import { Shown } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { Time } from "../parts/time.tsx";
import { pathTo } from "../route.ts";
import { tally } from "../tally.ts";
import { useLoaded } from "../use-loaded.ts";

/** Something that is owed to a provider: why it failed, its calls, and trying it again. */
export function EffectPage({ id }: { id: number }) {
  const [asking, setAsking] = useState<"retry" | "dismiss" | null>(null);
  const [done, setDone] = useState("");
  const effect = useLoaded(String(id), (signal) => tally.getEffect(id, { signal }));
  return (
    <Page title={`Effect ${id}`}>
      <Shown loaded={effect}>
        {(detail) => (
          <>
            <section aria-label="Actions" class="actions">
              <Action
                label="Try again …"
                why={detail.retry.possible ? null : (detail.retry.why ?? "It is not possible")}
                onClick={() => setAsking("retry")}
              />
              <Action label="Put aside …" why={whyKept(detail)} onClick={() => setAsking("dismiss")} />
              <button type="button" onClick={effect.reload}>
                Look again
              </button>
              <p role="status" class="quiet">
                {done}
              </p>
            </section>
            <Detail effect={detail} />
            {asking !== null && (
              <Ask
                what={asking}
                effect={detail}
                onCancel={() => setAsking(null)}
                onDone={() => {
                  setAsking(null);
                  setDone(asking === "retry" ? "It is tried again." : "It is put aside.");
                  effect.reload();
                }}
              />
            )}
          </>
        )}
      </Shown>
    </Page>
  );
}

function Detail({ effect }: { effect: EffectDetail }) {
  const { channel, description, type, status, attempts, error, isPaid, createdAt, finishedAt, calls } = effect;
  return (
    <>
      {error !== null && status !== "succeeded" && (
        <p class="notice bad">
          <strong>Its last try failed: </strong>
          {error}
        </p>
      )}
      <Facts
        of={{
          What: description,
          Type: <code>{type}</code>,
          Channel: <a href={pathTo.channel(channel)}>{channel}</a>,
          Status: <span class={`tag ${status}`}>{status}</span>,
          Tries: attempts,
          Costs: isPaid ? "money, for as long as what it begins goes on" : "nothing by itself",
          Decided: <Time at={createdAt} isExact />,
          Over: finishedAt === null ? null : <Time at={finishedAt} isExact />,
        }}
      />
      <section aria-labelledby="calls">
        <h2 id="calls">Calls</h2>
        {calls.length === 0 && <p class="quiet">None was made, or it is longer ago than calls are kept.</p>}
        {calls.map((call) => (
          <Call key={call.at} call={call} />
        ))}
      </section>
    </>
  );
}

/** Why a dead effect can't be put aside; null if it can. */
function whyKept({ status, retry }: EffectDetail): string | null {
  if (status !== "dead") return `It is not dead but ${status}`;
  return retry.possible ? "It is still wanted: have it tried again" : null;
}

interface AskProps {
  what: "retry" | "dismiss";
  effect: EffectDetail;
  onCancel: () => void;
  onDone: () => void;
}

function Ask({ what, effect: { id, channel, isPaid, retry }, onCancel, onDone }: AskProps) {
  if (what === "dismiss") {
    return (
      <Dialog title={`Put effect ${id} aside`} onClose={onCancel}>
        <p>{retry.why} It waits for nobody then; no call comes of it.</p>
        <Confirm
          doIt="Put aside"
          typed={null}
          run={() => tally.dismissEffect(id)}
          onDone={onDone}
          onCancel={onCancel}
        />
      </Dialog>
    );
  }
  return (
    <Dialog title={`Try effect ${id} again`} onClose={onCancel}>
      <p>{retry.does}</p>
      {isPaid && <p class="paid">It begins something that costs money for as long as it goes on.</p>}
      <Confirm
        doIt="Try again"
        typed={isPaid ? channel : null}
        run={() => tally.retryEffect(id)}
        onDone={onDone}
        onCancel={onCancel}
      />
    </Dialog>
  );
}
