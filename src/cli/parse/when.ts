import { InvalidArgumentError } from "commander";

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * Reads a point in time: so long ago (`90s`, `30m`, `2h`, `3d`, `1w`), a time of day as lists show it (`19:15`,
 * `19:15:29`, UTC: the last one that has been), or ISO 8601, in UTC unless it says otherwise.
 *
 * @throws {InvalidArgumentError} if it is neither
 */
export function parseWhen(text: string, now: Date): Date {
  const [, count, unit = ""] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (count !== undefined) return new Date(now.getTime() - Number(count) * (unitMs[unit] ?? 0));
  const [ofDay] = /^([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/.exec(text) ?? [];
  if (ofDay !== undefined) return lastTimeOfDay(ofDay, now);
  const [, day, time, zone = "Z"] = isoTime.exec(text) ?? [];
  const at = new Date(day === undefined ? NaN : `${day}T${time ?? "00:00"}${zone.toUpperCase()}`);
  if (Number.isNaN(at.getTime())) {
    throw new InvalidArgumentError(
      "Say how long ago (90s, 30m, 2h, 3d), or a time such as 19:15 or 2026-03-14T20:00:00Z.",
    );
  }
  return at;
}

/** Today's, or yesterday's where today's is still to come. */
function lastTimeOfDay(time: string, now: Date): Date {
  const today = new Date(`${now.toISOString().slice(0, 10)}T${time}Z`);
  return today > now ? new Date(today.getTime() - 86_400_000) : today;
}

const isoTime = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(z|[+-]\d\d:\d\d)?)?$/i;
