import Hls from "hls.js";

/** Plays a broadcast for as long as it is wanted, however often the network, or the broadcast, drops. */
export interface Player {
  /** Once per session is enough; a newer link of the same session is for the next try. */
  play(link: string, sessionId: string | null): void;
  stop(): void;
}

const retryMs = 2_000;
const native = "application/vnd.apple.mpegurl";

/** @param onPicture - told when there is a picture, and when there is none any more */
export function createPlayer(video: HTMLVideoElement, onPicture: (isThere: boolean) => void): Player {
  let wanted: { link: string; sessionId: string | null } | null = null;
  let hls: Hls | null = null;
  let retry: number | undefined;

  video.addEventListener("playing", () => onPicture(true));
  // Also the end of what was sent until a drop: the broadcast may go on.
  for (const event of ["ended", "error"]) video.addEventListener(event, again);

  function open(): void {
    close();
    if (wanted === null) return;
    if (Hls.isSupported()) {
      hls = new Hls();
      hls.on(Hls.Events.ERROR, (_event, { fatal }) => {
        if (fatal) again();
      });
      hls.loadSource(wanted.link);
      hls.attachMedia(video);
    } else if (video.canPlayType(native) !== "") {
      // Safari plays it by itself.
      video.src = wanted.link;
    }
    // A browser that refuses to begin by itself leaves it to the controls.
    video.play().catch(() => undefined);
  }

  function again(): void {
    if (wanted === null) return;
    clearTimeout(retry);
    retry = setTimeout(open, retryMs);
  }

  function close(): void {
    clearTimeout(retry);
    hls?.destroy();
    hls = null;
    video.removeAttribute("src");
    video.load();
  }

  return {
    play(link, sessionId) {
      const isNew = wanted?.sessionId !== sessionId;
      wanted = { link, sessionId };
      if (isNew) open();
    },
    stop() {
      if (wanted === null) return;
      wanted = null;
      close();
      onPicture(false);
    },
  };
}
