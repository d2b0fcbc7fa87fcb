import type { Command } from "commander";
import type { Knex } from "knex";

import { addJobs } from "../../engine/index.ts";
import { appendWithin, operatorEvent, rowsOf, table, type Tables } from "../../eventlog/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { confirm } from "../confirm.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { count, plain } from "../output/text.ts";
import { whole } from "../parse/whole.ts";
import { advanceChannels } from "../store/advance-channels.ts";
import { findChannel, lockState } from "../store/channel.ts";
import { findEffect, type StoredEffect, toEffectItem } from "../store/effects.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { withService } from "../with-service.ts";
import { describeCall } from "./describe-call.ts";
import { wayToRetry } from "./way-to-retry.ts";

interface RetryOptions extends CommonOptions {
  yes?: true;
}

export function addEffectsRetry(effects: Command, io: Io): void {
  addCommand(effects, "retry", {
    summary: "Try dead effects again, those that are still wanted.",
    details:
      "The running service makes the calls. A dead StopRecorder or DeleteVideo gets a new effect, and all its tries again. " +
      "If one of those that you name can't be tried again, none is.\n" +
      "Without --yes the plan is shown and you are asked; where there is no terminal nothing happens.",
    examples: ["effects retry 17", "effects retry 17 23 --yes"],
  })
    .argument("<ids...>", "the effects' ids, as in the list", parseId)
    .option("--yes", "do it unasked")
    .action((ids: number[], options: RetryOptions) =>
      withService(io, options, async (service) => {
        const { tables } = service;
        const plan = await planOf(tables, ids);
        if (!options.json) for (const effect of plan) printPlan(io, effect);
        await confirm(io, `Make ${count(plan.length, "call")} again?`, options.yes === true);
        await inTransaction(tables, async (trx) => {
          for (const effect of plan) await retry(trx, tables.schema, effect);
        });
        await advanceChannels(service, [...new Set(plan.map(({ channelId }) => channelId))]);
        if (options.json) printJson(io, { items: (await findAll(tables, plan)).map(toEffectItem) });
        else io.out(`Done: ${count(plan.length, "effect")} will be tried again.\n`);
      }),
    );
}

function parseId(text: string, previous: number[] | undefined): number[] {
  return [...(previous ?? []), whole(1)(text)];
}

/**
 * @returns what may be tried again, in the order in which the channels are locked
 * @throws {Failure} if one of them may not
 */
async function planOf(tables: Tables, ids: number[]): Promise<StoredEffect[]> {
  const effects = await findAll(
    tables,
    [...new Set(ids)].map((id) => ({ id })),
  );
  for (const effect of effects) wayToRetry(effect, (await findChannel(tables, effect.channel)).state);
  return effects.sort((one, other) => one.channelId - other.channelId || one.id - other.id);
}

function findAll(tables: Tables, effects: { id: number }[]): Promise<StoredEffect[]> {
  return Promise.all(effects.map(({ id }) => findEffect(tables, id)));
}

function printPlan(io: Io, { id, type, channel, effect, error }: StoredEffect): void {
  io.out(`${id}  ${type} of ${plain(channel)}: Tally ${plain(describeCall(effect))}.\n`);
  io.out(`${" ".repeat(String(id).length)}  It died of: ${plain(error ?? "nothing that was kept")}\n`);
}

/** @throws {Failure} if it can't be tried again any more */
async function retry(trx: Knex.Transaction, schema: string, { id, channelId }: StoredEffect): Promise<void> {
  const state = await lockState(trx, schema, channelId);
  const stored = await findEffect({ knex: trx, schema }, id);
  const way = wayToRetry(stored, state);
  if (way === "job") {
    await reopen(trx, schema, id);
    await addJobs(trx, schema, [{ id, type: stored.effect.type }]);
    return;
  }
  await appendWithin(trx, schema, [operatorEvent({ id: channelId, name: stored.channel }, way)]);
  // What waits for a person is the next round now.
  await rowsOf(trx, `update ${table(schema, "effects")} set status = 'failed' where id = :id`, { id });
}

async function reopen(trx: Knex.Transaction, schema: string, id: number): Promise<void> {
  await rowsOf(
    trx,
    `update ${table(schema, "effects")} set status = 'open', enqueued_at = clock_timestamp(), finished_at = null
     where id = :id`,
    { id },
  );
}
