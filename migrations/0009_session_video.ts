import type { Knex } from "knex";

const sessionsOf = (knex: Knex) => `"${(knex.userParams as { schema: string }).schema}".sessions`;

/**
 * All videos of a session instead of one, by which a webhook that names the video alone finds its channel; and whether
 * there is one that may have to be deleted some day.
 */
export async function up(knex: Knex): Promise<void> {
  const sessions = sessionsOf(knex);
  await knex.raw(`
    alter table ${sessions}
      add column videos jsonb not null default '[]',
      add column video_uids text[] not null default '{}',
      add column keeps_video boolean not null default false;
    update ${sessions} set videos = jsonb_build_array(video - 'type'), video_uids = array[video_uid], keeps_video = true
      where video_uid is not null and video is not null;
    create index sessions_videos on ${sessions} using gin (video_uids);
    create index sessions_keep_video on ${sessions} (closed_at) where keeps_video;
    drop index if exists ${sessions}_video`);
}

/** A rebuild of the channels brings them back. */
export async function down(knex: Knex): Promise<void> {
  const sessions = sessionsOf(knex);
  await knex.raw(`
    alter table ${sessions} drop column videos, drop column video_uids, drop column keeps_video;
    create index sessions_video on ${sessions} (video_uid) where video_uid is not null`);
}
