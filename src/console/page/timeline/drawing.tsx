import type { TimelineEntry } from "@tally/client";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { exactTime, shortTime } from "../times.ts";
import { type Lane, laneNames, lanes, moved, spanOf, ticksOf, type View, wholeOf, zoomed } from "./lanes.ts";
import { Mark } from "./mark.tsx";
import { useDrag } from "./use-drag.ts";

const laneHeight = 34;
const top = 22;
const left = 84;

interface DrawingProps {
  entries: readonly TimelineEntry[];
  selected: string | null;
  onSelect: (id: string | null) => void;
}

/** The session as lanes over time. The list has all of it in words, for who doesn't see this. */
export function Drawing({ entries, selected, onSelect }: DrawingProps) {
  const whole = useMemo(() => wholeOf(entries), [entries]);
  const [zoom, setZoom] = useState<View | null>(null);
  const view = zoom ?? whole;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const used = lanes.filter((lane) => entries.some((entry) => entry.lane === lane));
  const height = top + used.length * laneHeight + 4;
  const perMs = (width - left - 10) / (view.to - view.from);
  const xOf = (at: number) => left + (at - view.from) * perMs;

  const chosen = entries.find(({ id }) => id === selected);
  const middle = (view.from + view.to) / 2;
  const zoomBy = (by: number, about = middle) => setZoom(zoomed(view, by, about, whole));
  useEffect(() => {
    if (chosen === undefined || zoom === null) return;
    const at = Date.parse(chosen.at);
    if (at < zoom.from || at > zoom.to) setZoom(moved(zoom, at - (zoom.from + zoom.to) / 2, whole));
  }, [selected]);
  const drag = useDrag((byX) => setZoom(moved(view, -byX / perMs, whole)));

  function step(by: number): void {
    const index = entries.findIndex(({ id }) => id === selected);
    const next = entries[index === -1 ? (by > 0 ? 0 : entries.length - 1) : index + by];
    if (next !== undefined) onSelect(next.id);
  }
  function press(event: KeyboardEvent): void {
    const { key, shiftKey } = event;
    const by = key === "ArrowLeft" ? -1 : 1;
    if (key === "ArrowLeft" || key === "ArrowRight") {
      if (shiftKey) setZoom(moved(view, (by * (view.to - view.from)) / 5, whole));
      else step(by);
    } else if (key === "+" || key === "=") zoomBy(0.6, chosen === undefined ? middle : Date.parse(chosen.at));
    else if (key === "-") zoomBy(1 / 0.6);
    else if (key === "0") setZoom(null);
    else if (key === "Escape") onSelect(null);
    else return;
    event.preventDefault();
  }
  function turn(event: WheelEvent): void {
    // Without it the wheel scrolls the page, as everywhere.
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    const x = event.clientX - (box.current?.getBoundingClientRect().left ?? 0);
    if (event.shiftKey) setZoom(moved(view, (event.deltaY || event.deltaX) / perMs, whole));
    else zoomBy(event.deltaY < 0 ? 0.8 : 1.25, view.from + (x - left) / perMs);
  }

  return (
    <section aria-labelledby="drawing" class="drawn-part">
      <div class="tools">
        <h2 id="drawing">Timeline</h2>
        <button type="button" aria-label="Closer" onClick={() => zoomBy(0.6)}>
          +
        </button>
        <button type="button" aria-label="Further" onClick={() => zoomBy(1 / 0.6)}>
          −
        </button>
        <button type="button" onClick={() => setZoom(null)} disabled={zoom === null}>
          All of it
        </button>
        <Legend />
      </div>
      <div
        class="drawing"
        ref={box}
        tabIndex={0}
        role="group"
        aria-label="Drawing of the timeline. Left and right go through its entries, plus and minus zoom; the list below says the same."
        onKeyDown={press}
        onWheel={turn}
        {...drag}
      >
        <svg width={width} height={height} aria-hidden="true">
          {ticksOf(view, Math.max(2, Math.floor((width - left) / 110))).map((at) => (
            <g key={at} class="tick">
              <path d={`M${xOf(at)} ${top - 4}V${height}`} />
              <text x={xOf(at)} y={12}>
                {view.to - view.from < 5_000 ? exactTime(at) : shortTime(at)}
              </text>
            </g>
          ))}
          {used.map((lane, i) => (
            <LaneRow key={lane} y={top + i * laneHeight} lane={lane} width={width}>
              {entries
                .filter((entry) => entry.lane === lane)
                .map((entry) => (
                  <Drawn
                    key={entry.id}
                    entry={entry}
                    xOf={xOf}
                    most={width}
                    isSelected={entry.id === selected}
                    onSelect={onSelect}
                  />
                ))}
            </LaneRow>
          ))}
        </svg>
      </div>
      <p class="chosen" aria-live="polite">
        {chosen === undefined ? (
          <span class="quiet">Choose a mark: what it is stands here, and in the list.</span>
        ) : (
          <>
            <strong>{chosen.title}</strong> {exactTime(Date.parse(chosen.at))}
          </>
        )}
      </p>
    </section>
  );
}

interface LaneRowProps {
  y: number;
  lane: Lane;
  width: number;
  children: preact.ComponentChildren;
}

function LaneRow({ y, lane, width, children }: LaneRowProps) {
  return (
    <g transform={`translate(0 ${y})`}>
      <path class="lane-line" d={`M${left} ${laneHeight / 2}H${width}`} />
      <g transform={`translate(0 ${laneHeight / 2})`}>{children}</g>
      {/* Over what was moved out of sight. */}
      <rect class="lane-head" x="0" y="0" width={left - 8} height={laneHeight} />
      <text class="lane-name" x="0" y={laneHeight / 2 + 4}>
        {laneNames[lane]}
      </text>
    </g>
  );
}

interface DrawnProps {
  entry: TimelineEntry;
  xOf: (at: number) => number;
  most: number;
  isSelected: boolean;
  onSelect: (id: string) => void;
}

function Drawn({ entry, xOf, most, isSelected, onSelect }: DrawnProps) {
  const { from, to } = spanOf(entry);
  const x = xOf(from);
  const end = Math.min(most, xOf(to));
  if (end < left - 10 || x > most + 10) return null;
  const start = Math.max(left - 8, x);
  return (
    <g class={`drawn ${isSelected ? "selected" : ""}`} data-entry={entry.id} onClick={() => onSelect(entry.id)}>
      <title>{`${exactTime(from)} ${entry.title}`}</title>
      {end - start > 2 && (
        <rect class={`span ${entry.kind} ${entry.tone}`} x={start} y="-4" width={end - start} height="8" rx="2" />
      )}
      <g transform={`translate(${x} 0)`}>
        {isSelected && <circle class="ring" r="11" />}
        <circle class="target" r="12" />
        <Mark kind={entry.kind} tone={entry.tone} />
      </g>
    </g>
  );
}

const kinds = { event: "told to us", decision: "decided", call: "call", outcome: "outcome", deadline: "waited for" };

function Legend() {
  return (
    <ul class="legend" aria-hidden="true">
      {Object.entries(kinds).map(([kind, words]) => (
        <li key={kind}>
          <svg viewBox="-8 -8 16 16" width="14" height="14">
            <Mark kind={kind as TimelineEntry["kind"]} tone="neutral" />
          </svg>
          {words}
        </li>
      ))}
    </ul>
  );
}

function useWidth(box: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(800);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(280, element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}
