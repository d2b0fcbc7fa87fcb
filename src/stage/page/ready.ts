/** Agora's recorder, which waits for the page's word before it films (Agora docs: `readyTimeout`). */
declare global {
  interface Navigator {
    notifyReady?: () => void;
  }
}

export interface Ready {
  /** A first frame is drawn. */
  pictureDrawn(): void;
  /** The channel is joined: a picture may come, or not for a long time. */
  joined(): void;
}

/** Without any picture, the card is what there is to film: the recorder would give up otherwise. */
const patienceMs = 10_000;

/** Tells the recorder once that it may begin. */
export function createReady(): Ready {
  let told = false;
  let timer: number | undefined;
  const tell = () => {
    if (told) return;
    told = true;
    clearTimeout(timer);
    navigator.notifyReady?.();
  };
  return {
    pictureDrawn: tell,
    joined: () => {
      if (!told) timer ??= setTimeout(tell, patienceMs);
    },
  };
}
