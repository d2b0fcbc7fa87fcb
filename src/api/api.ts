import type { Prices } from "../cost/index.ts";
import type { ReplayRules } from "../engine/index.ts";
import type { Tables } from "../eventlog/index.ts";
import type { Policy, RelayMode } from "../live/index.ts";
import type { Logger } from "../log.ts";
import type { UrlRules, Vault } from "../notifications/index.ts";
import type { PlaybackLinks } from "../playback/index.ts";
import type { Traces } from "../traces/index.ts";
import type { StatusTokens } from "./auth/status-tokens.ts";
import type { Overview } from "./overview/overview.ts";
import type { Readers } from "./status/readers.ts";
import type { Statuses } from "./status/statuses.ts";

/** What the API's handlers work with. */
export interface Api extends Tables {
  log: Logger;
  /** Nothing is traced without. */
  traces?: Traces | undefined;
  /** Of channels that don't say otherwise. */
  defaultMode: RelayMode;
  /** By which a timeline says what was waited for. */
  policy: Policy;
  /** Makes links that a viewer can use. */
  links: PlaybackLinks;
  /** By which costs are estimated. */
  prices: Prices;
  statusTokens: Pick<StatusTokens, "sign">;
  /** That somebody follows. */
  statuses: Statuses;
  /** Of all channels, for whoever follows it. */
  overview: Overview;
  /** Of streams. */
  readers: Readers;
  /** By which a replay folds a channel's history again. */
  replayRules: ReplayRules;
  /** Folds what is pending for a channel, and acts on it. */
  advance: (channelId: number) => Promise<unknown>;
  /** Where notifications may go. */
  urlRules: UrlRules;
  /** Of the endpoints' secrets. */
  vault: Vault;
  /** Something may be to be sent. */
  onNotified: () => void;
}

/**
 * Advances a channel, so that the answer to a request shows what it led to. Not more than that hangs on it: the event is
 * in the log, and if this fails the sweep does it.
 */
export async function advanceNow({ advance, log }: Api, channelId: number): Promise<void> {
  try {
    await advance(channelId);
  } catch (error) {
    log.error({ err: error, channelId }, "api.advance_failed");
  }
}
