import type { Command } from "commander";
import type { Knex } from "knex";

import type { EffectStatus } from "../../db/index.ts";
import { addJobs, isStillWanted } from "../../engine/index.ts";
import { appendWithin, operatorEvent, rowsOf, table } from "../../eventlog/index.ts";
import type { ChannelState } from "../../live/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { whole } from "../parse/whole.ts";
import { advanceChannels } from "../store/advance-channels.ts";
import { lockState } from "../store/channel.ts";
import { findEffect, type StoredEffect, toEffectItem } from "../store/effects.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { withService } from "../with-service.ts";

export function addEffectsRetry(effects: Command, io: Io): void {
  addCommand(effects, "retry", {
    summary: "Try a dead effect again, if it is still wanted.",
    details:
      "The running service makes the call. A dead StopRecorder or DeleteVideo gets a new effect, and all its tries again.",
    examples: ["effects retry 17"],
  })
    .argument("<id>", "the effect's id, as in the list", whole(1))
    .action((id: number, options: CommonOptions) =>
      withService(io, options, async (service) => {
        const { tables } = service;
        const { channelId } = await findEffect(tables, id);
        await inTransaction(tables, (trx) => retry(trx, tables.schema, channelId, id));
        await advanceChannels(service, [channelId]);
        const effect = await findEffect(tables, id);
        if (options.json) printJson(io, toEffectItem(effect));
        else io.out(`${effect.type} of ${effect.channel} is tried again.\n`);
      }),
    );
}

/** @throws {Failure} if the effect is not dead, or nobody wants it any more */
async function retry(trx: Knex.Transaction, schema: string, channelId: number, id: number): Promise<void> {
  const state = await lockState(trx, schema, channelId);
  const stored = await findEffect({ knex: trx, schema }, id);
  if (stored.status !== "dead") {
    throw new Failure(`Effect ${id} is not dead but ${stored.status}: nothing to try again.`);
  }
  const { effect, channel } = stored;
  if (effect.type === "StopRecorder") {
    assertStopDead(stored, state, effect.resourceId);
    const event = { type: "StopRetried", resourceId: effect.resourceId } as const;
    await appendWithin(trx, schema, [operatorEvent({ id: channelId, name: channel }, event)]);
    // What waits for a person is the next round now.
    await setStatus(trx, schema, id, "failed");
    return;
  }
  if (effect.type === "DeleteVideo") {
    if (state.deletions?.[effect.video]?.dead !== true) {
      throw new Failure(`Effect ${id} is not wanted any more: ${channel} has gone on without it.`);
    }
    const event = { type: "VideoDeletionRetried", video: effect.video } as const;
    await appendWithin(trx, schema, [operatorEvent({ id: channelId, name: channel }, event)]);
    await setStatus(trx, schema, id, "failed");
    return;
  }
  if (!isStillWanted(effect, state)) {
    throw new Failure(`Effect ${id} is not wanted any more: ${channel} has gone on without it.`);
  }
  await setStatus(trx, schema, id, "open");
  await addJobs(trx, schema, [{ id, type: effect.type }]);
}

async function setStatus(trx: Knex.Transaction, schema: string, id: number, status: EffectStatus): Promise<void> {
  await rowsOf(
    trx,
    `update ${table(schema, "effects")} set status = :status, enqueued_at = clock_timestamp(),
       finished_at = case when :status <> 'open' then finished_at end
     where id = :id`,
    { id, status },
  );
}

function assertStopDead({ id }: StoredEffect, { recorders }: ChannelState, resourceId: string): void {
  const recorder = recorders[resourceId];
  if (recorder === undefined || recorder.state === "ended") {
    throw new Failure(`Effect ${id} is not wanted any more: its recorder has ended.`);
  }
  if (recorder.stop?.dead !== true) {
    throw new Failure(`Effect ${id} is not needed: Tally is stopping that recorder, try ${recorder.stop?.round ?? 0}.`);
  }
}
