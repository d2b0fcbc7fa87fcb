import type { IRemoteVideoTrack } from "agora-rtc-sdk-ng";

import { gridOf, seatOrder } from "./grid.ts";
import { createCard, createTile, type Tile, words } from "./tile.ts";

/** What the recorder films. */
export interface Screen {
  /** Shown first among several. */
  setHost(uid: number | null): void;
  /** Somebody is here: a place for her, with a card until her picture comes. */
  enter(uid: number): void;
  leave(uid: number): void;
  /** Her picture, null if it is off. */
  show(uid: number, track: IRemoteVideoTrack | null): void;
  /** Nobody is here any more. */
  clear(): void;
}

/**
 * @param root - the element that fills the window
 * @param onFrame - called when a picture is drawn that was not there before
 */
export function createScreen(root: HTMLElement, onFrame: () => void): Screen {
  const tiles = new Map<number, Tile>();
  const card = createCard(words.waiting);
  let host: number | null = null;
  root.append(card);

  function arrange(): void {
    const { long, short } = gridOf(tiles.size);
    root.style.setProperty("--long", String(long));
    root.style.setProperty("--short", String(short));
    root.style.setProperty("--gap", tiles.size > 1 ? "2px" : "0");
    let previous: Element = card;
    for (const { element } of seatOrder(tiles, host)) {
      // An element that is moved would draw its picture anew.
      if (previous.nextElementSibling !== element) previous.after(element);
      previous = element;
    }
    card.hidden = tiles.size > 0;
  }

  function enter(uid: number): Tile {
    const known = tiles.get(uid);
    if (known !== undefined) return known;
    const tile = createTile(onFrame);
    tiles.set(uid, tile);
    arrange();
    return tile;
  }

  function leave(uid: number): void {
    tiles.get(uid)?.remove();
    tiles.delete(uid);
    arrange();
  }

  return {
    setHost(uid) {
      host = uid;
      arrange();
    },
    enter,
    leave,
    show: (uid, track) => enter(uid).show(track),
    clear() {
      for (const uid of tiles.keys()) leave(uid);
    },
  };
}
