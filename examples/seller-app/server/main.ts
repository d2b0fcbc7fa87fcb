import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { createSellerApp } from "./app.ts";
import { startDemo } from "./demo.ts";

const usage = `Usage: npm run example [-- --demo]

  TALLY_URL        where Tally is, such as https://tally.example
  TALLY_KEY        a key with the scope operate (tally keys create)
  TALLY_CHANNEL    the seller's channel; default demo
  PLAYBACK_ORIGIN  from where pictures come; default https://*.cloudflarestream.com
  PORT             of the app; default 8080

  --demo  needs none of these: Tally runs beside it with the providers imitated, and a host goes on and off the air

Tally must allow the app's origin: CORS_ORIGINS=http://127.0.0.1:8080
`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { demo: { type: "boolean" }, help: { type: "boolean", short: "h" } } });
  if (values.help === true) return void process.stdout.write(usage);
  const { PORT = "8080", TALLY_CHANNEL: channel = "demo", PLAYBACK_ORIGIN, TALLY_URL, TALLY_KEY } = process.env;
  const pageFolder = fileURLToPath(new URL("../page/", import.meta.url));
  const appUrl = `http://127.0.0.1:${PORT}`;
  const demo = values.demo === true ? await startDemo(appUrl, channel) : null;
  try {
    const tally = demo?.tally ?? settingsOf(TALLY_URL, TALLY_KEY, PLAYBACK_ORIGIN);
    const app = await createSellerApp({ ...tally, channel, pageFolder });
    const server = app.listen(Number(PORT), "127.0.0.1");
    await once(server, "listening");
    process.stdout.write(`The seller's page: ${appUrl}\n`);
    const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    await Promise.race([interrupted, demo?.play() ?? interrupted]);
    server.close();
    server.closeAllConnections();
  } finally {
    await demo?.stop();
  }
}

function settingsOf(tallyUrl = "", tallyKey = "", playbackOrigin = "https://*.cloudflarestream.com") {
  if (tallyUrl === "" || tallyKey === "") throw new Error(`Set TALLY_URL and TALLY_KEY, or try --demo.\n\n${usage}`);
  return { tallyUrl: tallyUrl.replace(/\/+$/, ""), tallyKey, playbackOrigin, stepSeconds: 60 };
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
