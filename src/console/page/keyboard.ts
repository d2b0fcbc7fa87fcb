import { useEffect } from "preact/hooks";

import { go, pathTo } from "./route.ts";

/** Every key that does something, for the overlay. */
export const keys = [
  ["?", "These keys"],
  ["g h", "On air now"],
  ["g e", "Events"],
  ["g d", "Dead letters"],
  ["/", "Filter"],
  ["j, k", "Next, previous row"],
  ["Enter", "Open the row"],
  ["x", "Choose the row, in a list of events"],
  ["←, →", "Previous, next entry, on a timeline's drawing"],
  ["+, −, 0", "Closer, further, all of it, on a timeline's drawing"],
  ["Shift ←, →", "Move a timeline's drawing"],
  ["n", "Next problem of a session"],
  ["Esc", "Close, or leave the filter"],
] as const;

const places: Readonly<Record<string, string>> = { h: pathTo.onAir, e: pathTo.events(), d: pathTo.effects() };

/** The keys that work everywhere. */
export function useKeyboard(onHelp: () => void): void {
  useEffect(() => {
    let isAfterG = false;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector("dialog[open]") !== null) return;
      if (isTyping(event.target)) {
        if (event.key === "Escape") (event.target as HTMLElement).blur();
        return;
      }
      const place = isAfterG ? places[event.key] : undefined;
      isAfterG = event.key === "g";
      if (place !== undefined) go(place);
      else if (event.key === "?") onHelp();
      else if (event.key === "/") focusOn(document.querySelector<HTMLElement>("[data-filter]"));
      else if (event.key === "j") moveRow(1);
      else if (event.key === "k") moveRow(-1);
      else if (event.key === "n") document.querySelector<HTMLElement>("[data-next-problem]")?.click();
      else if (event.key === "x") rowOf(document.activeElement)?.querySelector<HTMLElement>("[type=checkbox]")?.click();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches("input:not([type=checkbox]), select, textarea");
}

const rowOf = (element: Element | null) => element?.closest("[data-row]") ?? null;

/** Of each row its first link or button has the focus, so that Enter opens it. */
function moveRow(by: number): void {
  const rows = [...document.querySelectorAll("main [data-row]")];
  const current = rowOf(document.activeElement);
  const next = current === null ? (by > 0 ? 0 : rows.length - 1) : rows.indexOf(current) + by;
  const row = rows[next];
  focusOn(row?.matches("a, button") === true ? row : (row?.querySelector("a, button") ?? null));
}

function focusOn(element: Element | null): void {
  if (!(element instanceof HTMLElement)) return;
  element.focus();
  element.scrollIntoView({ block: "nearest" });
}
