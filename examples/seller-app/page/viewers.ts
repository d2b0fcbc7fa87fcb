import type { Metrics } from "@tally/client";

type Series = "hlsViewers" | "agoraViewers";

const [width, height, margin] = [600, 160, 4];

/** Draws how many watched, and writes how many watch now. */
export function showViewers(metrics: Metrics): void {
  const most = Math.max(
    4,
    ...metrics.items.flatMap(({ hlsViewers, agoraViewers }) => [hlsViewers ?? 0, agoraViewers ?? 0]),
  );
  for (const [id, series] of [
    ["stream", "hlsViewers"],
    ["in-app", "agoraViewers"],
  ] as const) {
    document.getElementById(id)?.setAttribute("d", curveOf(metrics, series, most));
    write(`${id}-now`, String(metrics.items.at(-1)?.[series] ?? "–"));
  }
  const time = (at: string) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const isEmpty = metrics.items.length === 0;
  write("most", isEmpty ? "Nobody was counted yet." : String(most));
  write("since", isEmpty ? "" : time(metrics.from));
  write("until", isEmpty ? "" : time(metrics.to));
}

/** An SVG path. Where nothing was counted it has a gap; a count between two gaps is a dot. */
function curveOf({ from, to, step, items }: Metrics, series: Series, most: number): string {
  const stepMs = step * 1000;
  // Steps are counted from 1970: the first begins before the session does.
  const firstAt = Math.floor(Date.parse(from) / stepMs) * stepMs;
  const span = Math.max(stepMs, Date.parse(to) - firstAt);
  let path = "";
  let lastAt = -Infinity;
  for (const item of items) {
    const count = item[series];
    if (count === null) continue;
    const at = Date.parse(item.at);
    const x = margin + ((at - firstAt) / span) * (width - 2 * margin);
    const y = height - margin - (count / most) * (height - 2 * margin);
    const point = `${x.toFixed(1)} ${y.toFixed(1)}`;
    path += at - lastAt > stepMs ? `M${point}h0` : `L${point}`;
    lastAt = at;
  }
  return path;
}

function write(id: string, text: string): void {
  const element = document.getElementById(id);
  if (element !== null) element.textContent = text;
}
