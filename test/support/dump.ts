import type { Knex } from "knex";

/** Every row of every table of every schema but Postgres's own, a line each; as `pg_dump` would, which isn't at hand. */
export async function dumpDatabase(knex: Knex): Promise<string> {
  const { rows: tables } = await knex.raw<{ rows: { name: string }[] }>(
    `select format('%I.%I', nspname, relname) as name
     from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relkind in ('r', 'p', 'm', 'f') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
     order by name`,
  );
  const lines: string[] = [];
  for (const { name } of tables) {
    const { rows } = await knex.raw<{ rows: { line: string }[] }>(`select to_jsonb(t)::text as line from ${name} t`);
    lines.push(...rows.map(({ line }) => `${name} ${line}`));
  }
  return lines.join("\n");
}
