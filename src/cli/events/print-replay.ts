import type { ChannelReplay } from "../../engine/index.ts";
import { presentReplay } from "../../operators/index.ts";
import type { PlaybackLinks } from "../../playback/index.ts";
import type { Io } from "../io.ts";
import type { Progress } from "../output/progress.ts";
import { formatOutcome, formatReplay } from "../output/replay-diff.ts";
import { count } from "../output/text.ts";

/** Channels that are shown one by one; the others that differ are counted. */
const shownMost = 20;

export interface ReplayPrinter {
  /** Shows a channel if anything differs in it. */
  show: (replay: ChannelReplay) => Promise<void>;
  /** Shows what there is to say of all of them. */
  end: () => void;
  /** So far. */
  totals: Readonly<Totals>;
}

export interface Totals {
  channels: number;
  changed: number;
  held: number;
  paid: number;
  /** What it led to in those that are shown, a line or more each. */
  outcomes: string[];
}

/** Prints a replay's channels as they come, so that none of them has to be kept. */
export function createReplayPrinter(io: Io, progress: Progress, links: PlaybackLinks): ReplayPrinter {
  const totals: Totals = { channels: 0, changed: 0, held: 0, paid: 0, outcomes: [] };
  return {
    async show(replay) {
      totals.channels++;
      if (!replay.differs) return;
      totals.changed++;
      if (replay.hold) totals.held++;
      else if (replay.isPaid) totals.paid++;
      if (totals.changed > shownMost) return;
      const item = await presentReplay(replay, links);
      totals.outcomes.push(formatOutcome(item, io));
      progress.clear();
      io.out(`\n${formatReplay(item, io)}`);
    },
    end() {
      progress.clear();
      const { channels, changed, held, paid } = totals;
      if (channels === 0) return;
      if (changed > shownMost) io.out(`\n… and ${count(changed - shownMost, "channel")} more; --json has all.\n`);
      io.out(`\n${changed} of ${count(channels, "channel")} ${channels === 1 ? "differs" : "differ"}.\n`);
      if (paid > 0) io.out(`A recorder, which costs, comes of it in ${count(paid, "channel")}.\n`);
      if (held > 0) {
        io.out(
          `Held until the host's next event or "tally channels release": ${count(held, "channel")}.\n` +
            "--act lets the new state start what it asks for.\n",
        );
      }
    },
    totals,
  };
}
