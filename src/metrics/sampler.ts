import type { ChannelRow } from "../db/index.ts";
import { rowsOf, table } from "../eventlog/index.ts";
import { type RelayMode, toStatus } from "../live/index.ts";
import type { Logger } from "../log.ts";
import type { LiveViewers } from "../providers/index.ts";
import { beginOpened, type Claim, claimDue, forgetEnded } from "./claims.ts";
import { countViewers } from "./count-viewers.ts";
import { type AudienceRules, readAudience } from "./read-audience.ts";
import { relayHealthOf } from "./relay-health.ts";

export interface SamplerOptions extends AudienceRules {
  log: Logger;
  /** Between two samples of a channel, in ms; 0 = none are taken. */
  intervalMs: number;
  defaultMode: RelayMode;
  liveViewers: Pick<LiveViewers, "count">;
  /** Waits for a place among these questions. @throws if none may be asked now */
  waitForViews: () => Promise<void>;
}

/**
 * Writes the samples of `stream_metrics`. Nothing of them enters a channel's state, and nothing waits for one: a sample
 * that fails is a gap.
 */
export interface Sampler {
  /** Takes the samples that are due, in the background, one channel after the other; at once done if it is at it. */
  tick: () => void;
  /** The same, to wait for. */
  sample: () => Promise<void>;
  /** Takes no further sample, and waits for the one under way. */
  stop: () => Promise<void>;
}

export function createSampler(options: SamplerOptions): Sampler {
  const { log } = options;
  let running: Promise<void> | null = null;
  let isStopped = false;

  async function sampleDue(): Promise<void> {
    const intervalSeconds = options.intervalMs / 1000;
    await forgetEnded(options);
    if (intervalSeconds === 0) return;
    await beginOpened(options, intervalSeconds);
    for (;;) {
      const claim = isStopped ? null : await claimDue(options, intervalSeconds);
      if (claim === null) return;
      try {
        await takeSample(options, claim);
      } catch (error) {
        log.warn({ err: error, channelId: claim.channelId }, "metrics.sample_failed");
      }
    }
  }

  function sample(): Promise<void> {
    running ??= sampleDue()
      .catch((error: unknown) => log.warn({ err: error }, "metrics.failed"))
      .finally(() => {
        running = null;
      });
    return running;
  }

  return {
    tick: () => void sample(),
    sample,
    async stop() {
      isStopped = true;
      await running;
    },
  };
}

type SampledChannel = Pick<ChannelRow, "name" | "version" | "updated_at" | "state">;

async function takeSample(options: SamplerOptions, claim: Claim): Promise<void> {
  const { knex, schema, defaultMode } = options;
  const { channelId, at } = claim;
  const [channel] = await rowsOf<SampledChannel>(
    knex,
    `select name, version, updated_at, state from ${table(schema, "channels")} where id = :channelId and is_active`,
    { channelId },
  );
  if (channel === undefined) return;
  const { name, version, updated_at: updatedAt, state } = channel;
  const status = toStatus(state, { channel: name, version, updatedAt: updatedAt.getTime(), defaultMode });
  const agora = (await readAudience(options, channelId)) ? await countViewers(options, channelId) : null;
  const hls = status.live ? await countPlayers(options, state.liveInput) : null;
  await rowsOf(
    knex,
    `insert into ${table(schema, "stream_metrics")} (channel_id, "timestamp", agora_viewers, hls_viewers, relay_health)
     values (:channelId, :at, :agora, :hls, :health) on conflict (channel_id, "timestamp") do nothing`,
    { channelId, at, agora, hls, health: relayHealthOf(status) },
  );
}

/** No answer, and no place to ask in, is no number. */
async function countPlayers(
  { liveViewers, waitForViews, log }: SamplerOptions,
  { uid, playbackBase }: { uid: string | null; playbackBase: string | null },
): Promise<number | null> {
  if (uid === null || playbackBase === null) return null;
  try {
    await waitForViews();
    return await liveViewers.count(playbackBase, uid);
  } catch (error) {
    log.warn({ err: error }, "metrics.views_failed");
    return null;
  }
}
