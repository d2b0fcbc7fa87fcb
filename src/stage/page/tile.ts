import type { IRemoteVideoTrack } from "agora-rtc-sdk-ng";

/** The place of one person: her picture, or a card while there is none. */
export interface Tile {
  readonly element: HTMLElement;
  /** Her camera or screen, from now on; null: it is off. */
  show(track: IRemoteVideoTrack | null): void;
  remove(): void;
}

/**
 * A picture that stood still for so long is covered: the connection is gone, or a phone was put away with its camera.
 * Chrome sends a shared screen that doesn't change again within seconds.
 */
const frozenMs = 10_000;

export const words = { waiting: "One moment", cameraOff: "Camera off" };

/** @param onFrame - called when a picture is drawn that was not there before */
export function createTile(onFrame: () => void): Tile {
  const element = box("tile");
  const picture = box("picture");
  const card = createCard(words.cameraOff);
  element.append(picture, card);
  let current: IRemoteVideoTrack | null = null;
  let frozen: number | undefined;

  function drawn(): void {
    clearTimeout(frozen);
    frozen = setTimeout(() => cover(words.waiting), frozenMs);
    if (card.hidden) return;
    card.hidden = true;
    onFrame();
  }

  function cover(text: string): void {
    card.textContent = text;
    card.hidden = false;
  }

  function watch(): void {
    const video = picture.querySelector("video");
    const next = () =>
      video?.requestVideoFrameCallback(() => {
        if (!picture.contains(video)) return;
        drawn();
        next();
      });
    next();
  }

  return {
    element,
    show(track) {
      clearTimeout(frozen);
      cover(track === null ? words.cameraOff : words.waiting);
      if (current !== track) current?.stop();
      current = track;
      picture.replaceChildren();
      if (track === null) return;
      // Whole, never cropped: what is shown may be a screen, or goods at the picture's edge.
      track.play(picture, { fit: "contain", mirror: false });
      watch();
    },
    remove() {
      clearTimeout(frozen);
      current?.stop();
      current = null;
      element.remove();
    },
  };
}

export function createCard(text: string): HTMLElement {
  const card = box("card");
  card.textContent = text;
  return card;
}

function box(className: string): HTMLElement {
  const element = document.createElement("div");
  element.className = className;
  return element;
}
