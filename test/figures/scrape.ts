import fetch from "node-fetch";

import { apiKey } from "../scenarios/evening.ts";

/** What a service tells Prometheus. */
export async function scrape(url: string): Promise<string> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${apiKey}` } });
  if (answer.status !== 200) throw new Error(`/metrics answered ${answer.status}: ${await answer.text()}`);
  return answer.text();
}

/** The value of one series, named as the text names it; undefined if there is none. */
export function sampleOf(text: string, series: string): number | undefined {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** The names that a query may use: those of the metrics, and what a histogram has. */
export function familiesOf(text: string): Set<string> {
  const described = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  return new Set(
    described.flatMap(([, name = "", type]) =>
      type === "histogram" ? ["_bucket", "_count", "_sum"].map((suffix) => name + suffix) : [name],
    ),
  );
}
