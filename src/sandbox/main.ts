import { createSandbox, type SandboxOptions } from "./index.ts";
import { readOptions } from "./read-options.ts";

const usage = `Usage: npm run sandbox -- [--port 4000] [--service-url http://127.0.0.1:3000] [--pace 1]

  --port         where to listen on 127.0.0.1; default 4000, 0 takes any free one
  --service-url  Tally's address; webhooks go there. Default http://127.0.0.1:3000
  --pace         multiplies the providers' delays; 0.1 is ten times faster

Credentials and secrets are taken from Tally's own variables (AGORA_APP_ID, AGORA_NCS_SECRET, …) where they are set,
and made up where not.
`;

let options: ReturnType<typeof readOptions>;
try {
  options = readOptions(process.argv.slice(2), process.env);
} catch (error) {
  process.stderr.write(`${wordsOf(error)}\n\n${usage}`);
  process.exit(2);
}
if (options === "help") {
  process.stdout.write(usage);
  process.exit(0);
}
try {
  await run(options);
} catch (error) {
  process.stderr.write(`The sandbox cannot start: ${wordsOf(error)}. Is its port taken? --port chooses another.\n`);
  process.exit(1);
}

async function run(options: SandboxOptions): Promise<void> {
  const sandbox = await createSandbox(options);
  const close = () => void sandbox.close().then(() => process.exit(0));
  process.once("SIGINT", close);
  process.once("SIGTERM", close);

  process.stdout.write(`The sandbox listens on ${sandbox.url}. In Tally's terminal:\n\n`);
  for (const [name, value] of Object.entries(sandbox.environment)) process.stdout.write(`export ${name}=${value}\n`);
  process.stdout.write(`\nA host goes live: curl -X POST ${sandbox.url}/sandbox/channels/channel_1/hosts/42/join\n`);

  if (process.send) {
    process.once("disconnect", close);
    process.send({ type: "ready", url: sandbox.url });
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
