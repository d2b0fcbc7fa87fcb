import { parseArgs } from "node:util";

import { explain } from "./http/index.ts";
import type { SandboxOptions } from "./sandbox.ts";
import { settingsChange } from "./settings.ts";

/**
 * What the command line and the environment say. Credentials and secrets have the names that Tally reads; what is not
 * set is left to chance.
 *
 * @param args - without the program's name
 * @returns `help` if that is what was asked for
 * @throws Error with a sentence for the user
 */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): SandboxOptions | "help" {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string", default: "4000" },
      "service-url": { type: "string", default: "http://127.0.0.1:3000" },
      pace: { type: "string", default: "1" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not ${values.port}`);
  }
  const result = settingsChange.safeParse(
    withoutUnset({
      serviceUrl: values["service-url"],
      pace: Number(values.pace),
      ...providerSettings(env),
    }),
  );
  if (!result.success) throw new Error(explain(result.error));
  const appCertificate = env.AGORA_APP_CERTIFICATE;
  return { port, settings: result.data, ...(appCertificate ? { appCertificate } : {}) };
}

function providerSettings(env: NodeJS.ProcessEnv) {
  const ncs = first(env.AGORA_NCS_SECRET);
  return {
    agora: {
      appId: env.AGORA_APP_ID,
      customerId: env.AGORA_CUSTOMER_ID,
      customerSecret: env.AGORA_CUSTOMER_SECRET,
    },
    cloudflare: {
      accountId: env.CLOUDFLARE_STREAM_ACCOUNT_ID,
      apiToken: env.CLOUDFLARE_STREAM_API_TOKEN,
      customerCode: env.CLOUDFLARE_STREAM_CUSTOMER_CODE,
    },
    secrets: {
      ncsRtc: ncs,
      ncsRecording: ncs,
      ncsPush: ncs,
      cloudflareNotification: first(env.CLOUDFLARE_NOTIFICATION_SECRET),
      cloudflareVideo: first(env.CLOUDFLARE_STREAM_WEBHOOK_SECRET),
    },
  };
}

/** The variable is a comma-separated list during a rotation, the newest first. */
function first(list: string | undefined): string | undefined {
  return list?.split(",")[0]?.trim();
}

/** A variable that is empty counts as not set. */
function withoutUnset(value: object): object {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]: [string, unknown]) => member !== undefined && member !== "")
      .map(([key, member]: [string, unknown]) => [
        key,
        typeof member === "object" && member !== null ? withoutUnset(member) : member,
      ]),
  );
}
