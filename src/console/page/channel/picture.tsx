import type Hls from "hls.js";
import { useEffect, useRef, useState } from "preact/hooks";

/** What viewers see, once somebody asks for it: the player is loaded then. */
export function Picture({ link }: { link: string | null }) {
  const [isWanted, setIsWanted] = useState(false);
  if (link === null) return <p class="quiet">There is no picture: no session is open.</p>;
  return (
    <>
      <button type="button" aria-pressed={isWanted} onClick={() => setIsWanted(!isWanted)}>
        {isWanted ? "Hide the picture" : "Show the picture"}
      </button>
      {isWanted && <Player link={link} />}
    </>
  );
}

function Player({ link }: { link: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const [error, setError] = useState<string | null>(null);
  // A signed link changes with each status: the one that it began with goes on.
  const [first] = useState(link);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    let isOver = false;
    let player: Hls | null = null;
    let retry: ReturnType<typeof setTimeout> | undefined;
    async function open(target: HTMLVideoElement): Promise<void> {
      const { default: HlsPlayer } = await import("hls.js");
      if (isOver) return;
      if (!HlsPlayer.isSupported()) {
        target.src = first;
        return;
      }
      const play = () => {
        player?.destroy();
        player = new HlsPlayer();
        player.on(HlsPlayer.Events.ERROR, (_event, { fatal, details }) => {
          if (!fatal || isOver) return;
          setError(`No picture (${details}): trying again …`);
          retry = setTimeout(play, 3_000);
        });
        player.loadSource(first);
        player.attachMedia(target);
      };
      play();
    }
    open(element).catch(() => setError("The player could not be loaded."));
    return () => {
      isOver = true;
      clearTimeout(retry);
      player?.destroy();
    };
  }, [first]);
  return (
    <>
      <video
        ref={video}
        muted
        autoPlay
        playsInline
        controls
        aria-label="What viewers see"
        onPlaying={() => setError(null)}
      />
      {error !== null && <p role="status">{error}</p>}
    </>
  );
}
