import { spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import fetch from "node-fetch";

import { type BenchServer, quit } from "./child.ts";
import { ncsSecret } from "./deliveries.ts";

/**
 * The whole service as `npm start` runs it, on the benchmark's database, with a provider that refuses everything.
 *
 * @param settings - of the environment, beside those of every benchmark
 */
export async function startWholeService(
  databaseUrl: string,
  providerUrl: string,
  settings: Record<string, string> = {},
): Promise<BenchServer> {
  const port = await freePort();
  const entry = fileURLToPath(import.meta.resolve("../src/main.js"));
  const child = spawn(process.execPath, [entry], {
    env: { ...process.env, ...environment(databaseUrl, providerUrl, port), ...settings },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  while ((await fetch(`${url}/readyz`).catch(() => null))?.status !== 200) {
    if (child.exitCode !== null) throw new Error(`the service ended with code ${child.exitCode} at its start`);
    await wait(50);
  }
  return { url, pid: child.pid ?? 0, stop: () => quit(child) };
}

function environment(databaseUrl: string, providerUrl: string, port: number): Record<string, string> {
  return {
    NODE_ENV: "development",
    LOG_LEVEL: "fatal",
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    API_KEY: "bench",
    AGORA_API_URL: providerUrl,
    CLOUDFLARE_API_URL: providerUrl,
    AGORA_APP_ID: "bench",
    AGORA_APP_CERTIFICATE: "bench",
    AGORA_CUSTOMER_ID: "bench",
    AGORA_CUSTOMER_SECRET: "bench",
    AGORA_NCS_SECRET: ncsSecret,
    AGORA_CLOUD_RECORDING_VENDOR: "1",
    AGORA_STORAGE_REGION: "0",
    AGORA_STORAGE_BUCKET: "bench",
    AGORA_STORAGE_ACCESS_KEY: "bench",
    AGORA_STORAGE_SECRET_KEY: "bench",
    CLOUDFLARE_STREAM_ACCOUNT_ID: "bench",
    CLOUDFLARE_STREAM_API_TOKEN: "bench",
    CLOUDFLARE_NOTIFICATION_SECRET: "bench",
    // What is measured is the way to the call, not the wait for a place in the provider's rate.
    AGORA_CALLS_PER_SECOND: "10000",
    CLOUDFLARE_CALLS_PER_SECOND: "10000",
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
