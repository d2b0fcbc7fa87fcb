// A process that takes one job and never finishes it: `node doomed-process.cjs URL JOBS_SCHEMA`. Prints its pool's id when
// it has the job. Plain JavaScript, since it is run by node itself.
const { runTaskList } = require("graphile-worker");
const { Pool } = require("pg");

const [url, schema] = process.argv.slice(2);
const pool = runTaskList(
  { schema, concurrency: 1, noHandleSignals: true },
  {
    perform_effect: () => {
      process.stdout.write(`${pool.id}\n`, () => undefined);
      return new Promise(() => undefined);
    },
  },
  new Pool({ connectionString: url }),
);
