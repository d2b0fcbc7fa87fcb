import type { Knex } from "knex";

const notificationsOf = (knex: Knex) => `"${(knex.userParams as { schema: string }).schema}".notifications`;

/** Of which live input and video a notification's links are: its body has them plain, and they are signed when it is sent. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table ${notificationsOf(knex)} add column links jsonb`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`alter table ${notificationsOf(knex)} drop column links`);
}
