import { Problem } from "../api/index.ts";
import type { ChannelRow } from "../db/index.ts";
import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { StageClaims, StageTokens } from "./stage-token.ts";

/** A recorder's page that may be shown: what its token says, and its channel. */
export interface Admitted extends StageClaims {
  channel: Pick<ChannelRow, "name" | "state">;
}

/**
 * Lets in whoever has the token of the recorder that is wanted now: a copy of an address opens nothing once its session
 * ends or another attempt has taken its place.
 *
 * @throws {Problem} with a code for each way of not being let in
 */
export async function admit({ knex, schema }: Tables, tokens: StageTokens, token: string): Promise<Admitted> {
  const claims = readClaims(tokens, token);
  const [channel] = await rowsOf<Admitted["channel"]>(
    knex,
    `select name, state from ${table(schema, "channels")} where id = :channelId`,
    { channelId: claims.channelId },
  );
  const session = channel?.state.session ?? null;
  if (channel === undefined || session?.number !== claims.session || session.ending !== null) {
    throw new Problem("stage_session_ended", "The session that this page was for has ended.");
  }
  if (channel.state.relay?.attempt !== claims.attempt) {
    throw new Problem(
      "stage_token_superseded",
      "Another recorder has taken the place of the one that this page was for.",
    );
  }
  return { ...claims, channel };
}

/**
 * The part that needs no database.
 *
 * @throws {Problem} if the token isn't ours or has expired
 */
export function readClaims(tokens: StageTokens, token: string): StageClaims {
  const claims = tokens.read(token);
  if (claims === null) throw new Problem("stage_token_invalid", "This is no address of a stage.");
  if (claims.expiresAt * 1000 <= Date.now()) {
    throw new Problem("stage_token_expired", "The time in which this page could be opened is over.");
  }
  return claims;
}
