import { readdir } from "node:fs/promises";

import type { Knex } from "knex";

/**
 * Knex's view of the top-level `migrations/` folder. A migration's name is its file's without the extension, so that a
 * checkout (`.ts`) and a build (`.js`) mean the same one.
 */
export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: listMigrations,
  getMigrationName: (name) => name,
  getMigration: async (name) => (await import(new URL(name + extension, folder).href)) as Knex.Migration,
};

/** Names of the migrations that this code knows, oldest first. */
export async function listMigrations(): Promise<string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => /^\d{4}_[a-z0-9_]+\.[jt]s$/.test(file) && file.endsWith(extension))
    .map((file) => file.slice(0, -extension.length))
    .sort();
}

const folder = new URL("../../migrations/", import.meta.url);
/** Ours tells theirs: `src/db/x.ts` runs `migrations/*.ts`, `dist/src/db/x.js` runs `dist/migrations/*.js`. */
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
