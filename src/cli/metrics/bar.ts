import type { MetricsPoint } from "../../metrics/index.ts";

/**
 * Draws points as bars, the longest as wide as there is room: solid who watches in the app, light the players.
 *
 * @param room - in characters; no bar is drawn in less than 5
 */
export function barsOf(points: readonly MetricsPoint[], room: number): (point: MetricsPoint) => string {
  const most = Math.max(0, ...points.map(sumOf));
  if (room < narrowest || most === 0) return () => "";
  return (point) => {
    const [solid, all] = [point.agoraViewers ?? 0, sumOf(point)].map((viewers) => Math.round((viewers / most) * room));
    return "█".repeat(solid ?? 0) + "░".repeat((all ?? 0) - (solid ?? 0));
  };
}

const narrowest = 5;

function sumOf({ agoraViewers, hlsViewers }: MetricsPoint): number {
  return (agoraViewers ?? 0) + (hlsViewers ?? 0);
}
