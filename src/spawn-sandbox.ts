import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

import type { Config } from "./config/index.ts";
import { StartError } from "./start-error.ts";

export interface SandboxProcess {
  url: string;
  stop: () => Promise<void>;
}

/**
 * Starts the built-in sandbox as a process of its own: the service meets it only as a base URL, as it would a provider.
 * It ends with this process, however that ends.
 *
 * @throws {StartError} if it doesn't come up; the message has its own words
 */
export async function spawnSandbox(config: Config): Promise<SandboxProcess> {
  const entry = fileURLToPath(import.meta.resolve("./sandbox/main.js"));
  const args = ["--port", String(config.sandboxPort), "--service-url", `http://127.0.0.1:${config.port}`];
  // Its own process group, so that Ctrl-C reaches it only when the service has let go of it.
  const child = fork(entry, args, { env: environmentOf(config), silent: true, detached: true });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));

  let words = "";
  child.stderr?.on("data", (chunk: Buffer) => (words = `${words}${chunk.toString()}`.slice(-2_000)));
  child.stdout?.resume();
  const url = await new Promise<string>((resolve, reject) => {
    child.once("message", (message: { type: string; url: string }) => resolve(message.url));
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(
        new StartError(`The built-in sandbox did not start (code ${code}). ${adviceOn(words, config.sandboxPort)}`),
      ),
    );
  });
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await gone;
    },
  };
}

function adviceOn(words: string, port: number): string {
  if (words.includes("EADDRINUSE")) return `Its port ${port} is taken: set SANDBOX_PORT to a free one.`;
  return `It said: ${words.trim().replaceAll("\n", " ")} Mend that, or configure the providers.`;
}

/**
 * Both sides must agree on the credentials; the sandbox reads them under the service's own names. It gets nothing else
 * of this process's environment, which holds more secrets.
 */
function environmentOf({ agora, cloudflare }: Config): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    NODE_OPTIONS: process.env.NODE_OPTIONS,
    AGORA_APP_ID: agora.appId,
    AGORA_APP_CERTIFICATE: agora.appCertificate,
    AGORA_CUSTOMER_ID: agora.customerId,
    AGORA_CUSTOMER_SECRET: agora.customerSecret,
    AGORA_NCS_SECRET: agora.ncsSecrets.join(","),
    CLOUDFLARE_STREAM_ACCOUNT_ID: cloudflare.accountId,
    CLOUDFLARE_STREAM_API_TOKEN: cloudflare.apiToken,
    CLOUDFLARE_STREAM_CUSTOMER_CODE: cloudflare.customerCode ?? "",
    CLOUDFLARE_NOTIFICATION_SECRET: cloudflare.notificationSecrets.join(","),
    CLOUDFLARE_STREAM_WEBHOOK_SECRET: cloudflare.webhookSecrets.join(","),
  };
}
