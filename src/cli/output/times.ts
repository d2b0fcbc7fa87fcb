/** A time in UTC, as short as it can be: the time of day today, the date and the minute on other days. */
export function shortTime(time: Date | null, now: Date): string {
  if (time === null) return "";
  const text = time.toISOString();
  if (text.slice(0, 10) === now.toISOString().slice(0, 10)) return text.slice(11, 19);
  const day = text.slice(0, 4) === now.toISOString().slice(0, 4) ? text.slice(5, 10) : text.slice(0, 10);
  return `${day} ${text.slice(11, 16)}`;
}

/** The same of an ISO 8601 text. */
export function shortIso(iso: string | null, now: Date): string {
  return shortTime(iso === null ? null : new Date(iso), now);
}

/** A length of time, such as `1h 02m 03s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const two = (value: number) => String(value).padStart(2, "0");
  if (hours > 0) return `${hours}h ${two(minutes)}m ${two(whole % 60)}s`;
  return minutes > 0 ? `${minutes}m ${two(whole % 60)}s` : `${whole}s`;
}
