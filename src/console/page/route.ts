import { useEffect, useState } from "preact/hooks";

/** What an address under /console shows. */
export type Route =
  | { page: "on-air" }
  | { page: "channel"; name: string }
  | { page: "session"; id: string }
  | { page: "events"; query: URLSearchParams }
  | { page: "event"; id: number }
  | { page: "effects"; query: URLSearchParams }
  | { page: "effect"; id: number }
  | { page: "unknown" };

const base = "/console";

export const pathTo = {
  onAir: base,
  channel: (name: string) => `${base}/channels/${encodeURIComponent(name)}`,
  session: (id: string) => `${base}/sessions/${encodeURIComponent(id)}`,
  events: (query: Readonly<Record<string, string>> = {}) => withQuery(`${base}/events`, query),
  event: (id: number) => `${base}/events/${id}`,
  effects: (query: Readonly<Record<string, string>> = {}) => withQuery(`${base}/effects`, query),
  effect: (id: number) => `${base}/effects/${id}`,
};

export function routeOf(url: URL): Route {
  const [first, second, ...others] = url.pathname.slice(base.length).split("/").filter(Boolean).map(decoded);
  const query = url.searchParams;
  if (others.length > 0) return { page: "unknown" };
  if (first === undefined) return { page: "on-air" };
  if (second === undefined) {
    if (first === "events") return { page: "events", query };
    if (first === "effects") return { page: "effects", query };
    return { page: "unknown" };
  }
  if (first === "channels") return { page: "channel", name: second };
  if (first === "sessions") return { page: "session", id: second };
  if (first === "events" && isId(second)) return { page: "event", id: Number(second) };
  if (first === "effects" && isId(second)) return { page: "effect", id: Number(second) };
  return { page: "unknown" };
}

/** Shows another address, without loading the page again. */
export function go(path: string): void {
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
}

/** The address that is shown now; links of the page are followed without loading it again. */
export function useUrl(): URL {
  const [url, setUrl] = useState(() => new URL(location.href));
  useEffect(() => {
    const read = () => setUrl(new URL(location.href));
    const follow = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      if (link === null || event.defaultPrevented || event.button !== 0 || link.target !== "") return;
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      const to = new URL(link.href, location.href);
      if (to.origin !== location.origin || !(to.pathname === base || to.pathname.startsWith(`${base}/`))) return;
      if (to.hash !== "") return;
      event.preventDefault();
      go(to.pathname + to.search);
    };
    addEventListener("popstate", read);
    addEventListener("click", follow);
    return () => {
      removeEventListener("popstate", read);
      removeEventListener("click", follow);
    };
  }, []);
  return url;
}

const isId = (text: string) => /^\d{1,15}$/.test(text);

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== "");
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}
