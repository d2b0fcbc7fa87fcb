import type { Metrics } from "@tally/client";
import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";

import { Shown } from "../parts/notice.tsx";
import { tally } from "../tally.ts";
import { shortTime } from "../times.ts";
import { useLoaded } from "../use-loaded.ts";
import { useNow } from "../use-now.ts";

const refreshMs = 10_000;

/** How many watched the newest session, and how its relay was meanwhile. */
export function Curves({ channel, version }: { channel: string; version: number }) {
  const tick = Math.floor(useNow() / refreshMs);
  const metrics = useLoaded(channel, (signal) => tally.getMetrics(channel, {}, { signal }), `${version} ${tick}`);
  return (
    <section aria-labelledby="viewers">
      <h2 id="viewers">Viewers and health</h2>
      <Shown loaded={metrics}>
        {(value) =>
          value.items.length === 0 ? <p class="quiet">Nobody was counted yet.</p> : <Measured metrics={value} />
        }
      </Shown>
    </section>
  );
}

function Measured({ metrics }: { metrics: Metrics }) {
  const most = (of: "hlsViewers" | "agoraViewers") => Math.max(...metrics.items.map((item) => item[of] ?? 0));
  const last = metrics.items.at(-1);
  return (
    <>
      <p>
        <span class="key stream" aria-hidden="true" /> Watching the stream: <b>{last?.hlsViewers ?? "–"}</b> (most{" "}
        {most("hlsViewers")}). <span class="key app" aria-hidden="true" /> In the app:{" "}
        <b>{last?.agoraViewers ?? "–"}</b> (most {most("agoraViewers")}).
      </p>
      <Plot metrics={metrics} />
      <Health metrics={metrics} />
    </>
  );
}

function Plot({ metrics }: { metrics: Metrics }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const newest = useRef(metrics);
  newest.current = metrics;
  const [error, setError] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let isOver = false;
    const size = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: 180 }));
    async function open(target: HTMLDivElement): Promise<void> {
      const { default: Plotter } = await import("uplot");
      if (isOver) return;
      plot.current = new Plotter(
        optionsFor(target, () => newest.current),
        pointsOf(newest.current),
        target,
      );
      size.observe(target);
    }
    open(element).catch(() => setError(true));
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => plot.current?.redraw();
    dark.addEventListener("change", redraw);
    return () => {
      isOver = true;
      dark.removeEventListener("change", redraw);
      size.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => plot.current?.setData(pointsOf(metrics)), [metrics]);
  if (error) return <p>The drawing could not be loaded.</p>;
  return <div class="plot" ref={box} role="img" aria-label="Curves of the viewers; the numbers are above" />;
}

/** In the colours that the page has when it is drawn. */
function optionsFor(element: HTMLElement, metrics: () => Metrics): uPlot.Options {
  const colour = (name: string) => () => getComputedStyle(element).getPropertyValue(name).trim();
  const line = { stroke: colour("--line"), width: 1 };
  const axis = { stroke: colour("--quiet"), grid: line, ticks: line };
  return {
    width: element.clientWidth,
    height: 180,
    legend: { show: false },
    scales: {
      // The first step may begin before what was asked for.
      x: {
        range: (_plot, min) => [Math.min(min, Date.parse(metrics().from) / 1000), Date.parse(metrics().to) / 1000],
      },
      y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] },
    },
    axes: [{ ...axis, space: 110, values: (_plot, splits) => splits.map((at) => shortTime(at * 1000)) }, axis],
    series: [
      {},
      { label: "Stream", stroke: colour("--good"), width: 2 },
      { label: "App", stroke: colour("--accent"), width: 2, dash: [6, 4] },
    ],
  };
}

function pointsOf({ items }: Metrics): uPlot.AlignedData {
  return [
    items.map(({ at }) => Date.parse(at) / 1000),
    items.map(({ hlsViewers }) => hlsViewers),
    items.map(({ agoraViewers }) => agoraViewers),
  ];
}

interface Span {
  health: string;
  at: number;
  steps: number;
}

/** The relay's health as a list of spans. */
function Health({ metrics: { items } }: { metrics: Metrics }) {
  const spans: Span[] = [];
  for (const { at, relayHealth } of items) {
    const health = relayHealth ?? "unknown";
    const last = spans.at(-1);
    if (last?.health === health) last.steps += 1;
    else spans.push({ health, at: Date.parse(at), steps: 1 });
  }
  return (
    <>
      <p class="quiet">The relay, as it was each time somebody looked: what was between two looks isn’t in it.</p>
      <ol class="health" aria-label="Health of the relay, as sampled">
        {spans.map(({ health, at, steps }) => (
          <li
            key={at}
            class={toneOf(health)}
            style={{ flexGrow: steps }}
            title={`${health} when looked at from ${shortTime(at)} on`}
          >
            {health}
          </li>
        ))}
      </ol>
    </>
  );
}

function toneOf(health: string): string {
  if (health === "publishing") return "good";
  return health === "disconnected" || health === "onhold" ? "bad" : "";
}
