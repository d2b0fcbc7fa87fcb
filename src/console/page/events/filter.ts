import type { ReplayRequest } from "@tally/client";

export const sources = ["agora", "cloudflare", "operator", "tally"] as const;
export const statuses = ["pending", "applied", "ignored", "unrecognised", "failed"] as const;

/** What an address says which events are meant; the API refuses what isn't so, in words. */
export type EventFilter = Pick<ReplayRequest, "since" | "until" | "channel" | "source" | "type" | "status">;

const names = ["since", "until", "channel", "source", "type", "status"] as const;

export function filterOf(query: URLSearchParams): EventFilter {
  const given = names.map((name) => [name, query.get(name) ?? ""] as const).filter(([, value]) => value !== "");
  return Object.fromEntries(given);
}

/** As an input of local time has it, to the second. */
export function toLocal(iso: string | undefined): string {
  if (iso === undefined || Number.isNaN(Date.parse(iso))) return "";
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** @returns an address's members, of a filled-in form */
export function readForm(form: HTMLFormElement): Record<string, string> {
  const data = new FormData(form);
  const entries = names.map((name) => {
    const value = data.get(name);
    const text = typeof value === "string" ? value.trim() : "";
    const isTime = name === "since" || name === "until";
    return [name, isTime && text !== "" ? new Date(text).toISOString() : text] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}
