import type { Timeline, TimelineEntry } from "@tally/client";
import { useEffect, useMemo, useState } from "preact/hooks";

import { Facts } from "../parts/facts.tsx";
import { Shown } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { Since, Time } from "../parts/time.tsx";
import { pathTo } from "../route.ts";
import { tally } from "../tally.ts";
import { lasting } from "../times.ts";
import { useLoaded } from "../use-loaded.ts";
import { useNow } from "../use-now.ts";
import { Drawing } from "./drawing.tsx";
import { Entries } from "./entries.tsx";

const refreshMs = 5_000;

/** All that happened in a session and why: drawn, and told beside it. */
export function SessionPage({ id }: { id: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const tick = Math.floor(useNow() / refreshMs);
  const timeline = useLoaded(id, (signal) => tally.getTimeline(id, { signal }), isOpen ? tick : "");
  const { value } = timeline;
  useEffect(() => setIsOpen(value !== null && value.closedAt === null), [value]);
  return (
    <Page title={value === null ? `Session ${id}` : `Session ${id} of ${value.channel}`}>
      <Shown loaded={timeline}>{(told) => <Told timeline={told} />}</Shown>
    </Page>
  );
}

/** Opens an entry, and goes there with the keyboard too. */
function goTo(id: string, onSelect: (id: string) => void): void {
  onSelect(id);
  document.querySelector<HTMLElement>(`.entry[data-entry="${CSS.escape(id)}"] > button`)?.focus();
}

function Told({ timeline }: { timeline: Timeline }) {
  const { channel, openedAt, closedAt, endReason, isTruncated, keptFrom, clocks, entries } = timeline;
  const [selected, setSelected] = useState<string | null>(null);
  const [isBadOnly, setIsBadOnly] = useState(false);
  const bad = useMemo(() => entries.filter(({ tone }) => tone === "bad"), [entries]);
  const shown = isBadOnly ? bad : entries;
  const chosen = entries.findIndex(({ id }) => id === selected);
  // After the last one the first again.
  const next = bad.find((entry) => entries.indexOf(entry) > chosen) ?? bad[0];
  return (
    <>
      <Facts
        of={{
          Channel: <a href={pathTo.channel(channel)}>{channel}</a>,
          Opened: <Time at={openedAt} />,
          Lasted: <Since at={openedAt} until={closedAt} />,
          Ended: closedAt === null ? "it is open" : <Time at={closedAt} />,
          "Ended by": endReason === null ? null : endReason.replaceAll("_", " "),
          "Agora's word came": late(clocks.agora),
          "Cloudflare's word came": late(clocks.cloudflare),
        }}
      />
      {keptFrom !== null && <p class="notice">Its events up to {keptFrom} are not kept any more.</p>}
      {isTruncated && <p class="notice">There was more than is told here: the log has all of it.</p>}
      <FirstTrouble entries={bad} onSelect={setSelected} />
      <Drawing entries={entries} selected={selected} onSelect={setSelected} />
      <section aria-labelledby="entries">
        <div class="tools">
          <h2 id="entries">What happened</h2>
          <label>
            <input
              type="checkbox"
              checked={isBadOnly}
              onChange={(event) => setIsBadOnly(event.currentTarget.checked)}
            />{" "}
            only what went wrong ({bad.length})
          </label>
          {next !== undefined && (
            <button type="button" data-next-problem onClick={() => goTo(next.id, setSelected)}>
              Next problem
            </button>
          )}
        </div>
        <Entries entries={shown} selected={selected} onSelect={setSelected} />
      </section>
    </>
  );
}

function FirstTrouble({ entries, onSelect }: { entries: TimelineEntry[]; onSelect: (id: string) => void }) {
  const [first] = entries;
  if (first === undefined) return null;
  return (
    <p class="notice bad">
      <strong>What went wrong first: </strong>
      <button type="button" class="link" onClick={() => goTo(first.id, onSelect)}>
        {first.title}
      </button>{" "}
      <Time at={first.at} isExact />
      {first.detail !== null && <span class="quiet"> {first.detail}</span>}
    </p>
  );
}

function late(clock: { medianMs: number; mostMs: number } | null): string | null {
  if (clock === null) return null;
  const words = (ms: number) => (Math.abs(ms) < 1_000 ? `${ms} ms` : lasting(ms));
  return `${words(clock.medianMs)} later, ${words(clock.mostMs)} at most`;
}
