import type { Config, DatabaseConfig } from "../config/index.ts";
import { createDatabase, locateDatabase } from "../db/index.ts";
import type { Tables } from "../eventlog/index.ts";
import type { Logger } from "../log.ts";
import { reasonOf } from "../reason-of.ts";
import { checkAgora, checkHosts, checkStorage } from "./agora.ts";
import { type Check, failed, type Finding, type Outcome, skipped } from "./check.ts";
import { checkCloudflareWebhooks, checkStream, checkToken } from "./cloudflare.ts";
import {
  checkDatabase,
  checkListen,
  checkSchema,
  type DatabaseAddress,
  databaseClock,
  judgeClocks,
} from "./database.ts";
import { type DoctorProviders, openProviders } from "./providers.ts";
import { checkPublicUrl } from "./public-url.ts";
import { runChecks } from "./run-checks.ts";
import { checkCertificate, checkNode, checkSettings, type Settings } from "./settings.ts";
import { checkBacklog, checkDeliveries, checkProcesses, checkRefusals } from "./traffic.ts";

export interface Examination {
  settings: Settings;
  /** What concerns the database alone, which may be known where the rest isn't; null if it isn't either. */
  database: DatabaseConfig | null;
  log: Logger;
  now: () => Date;
  /** Of Node. */
  nodeVersion: string;
  /** For each check; 10 s by default. */
  timeoutMs?: number;
}

/**
 * Examines an installation: all at once, whatever of it fails. Changes nothing, at no provider either, and makes no call
 * that costs money.
 */
export async function examine(examination: Examination): Promise<Finding[]> {
  const { settings, database, log, timeoutMs = 10_000 } = examination;
  const opened = database === null ? null : await open(database, log);
  const providers = "config" in settings ? openProviders(settings.config, log) : null;
  try {
    return await runChecks(checksOf(examination, opened, providers), timeoutMs);
  } finally {
    providers?.close();
    if (opened !== null && "tables" in opened) await opened.close();
  }
}

type Opened = { tables: Tables; address: DatabaseAddress; close: () => Promise<void> } | { error: unknown };

/** The embedded one is started if nobody runs it; no other is connected yet. */
async function open(config: DatabaseConfig, log: Logger): Promise<Opened> {
  try {
    const { url, directUrl, embedded } = await locateDatabase(config, log);
    const { schema } = config.database;
    const { close, ...tables } = createDatabase({ url, schema, poolMax: 4, log, bounded: url === directUrl });
    return {
      tables,
      address: { url, directUrl, schema, log },
      async close() {
        await close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    return { error };
  }
}

type Look<Given> = (given: Given, signal: AbortSignal) => Promise<Outcome | Outcome[]> | Outcome | Outcome[];

function checksOf(examination: Examination, opened: Opened | null, providers: DoctorProviders | null): Check[] {
  const { settings, now, nodeVersion } = examination;
  const config = "config" in settings ? settings.config : null;

  const always = (name: string, look: () => Outcome | Outcome[]): Check => ({
    name,
    look: () => Promise.resolve(look()),
  });
  const withConfig = (name: string, look: Look<Config>): Check => ({
    name,
    look: async (signal) => (config === null ? skipped(needsSettings) : look(config, signal)),
  });
  const withProviders = (name: string, look: Look<DoctorProviders>): Check => ({
    name,
    look: async (signal) => (providers === null ? skipped(needsSettings) : look(providers, signal)),
  });
  const withDatabase = (name: string, look: Look<Exclude<Opened, { error: unknown }>>): Check => ({
    name,
    async look(signal) {
      if (opened === null) return skipped(needsSettings);
      if ("error" in opened) {
        return failed(reasonOf(opened.error), "See the embedded database's folder, or set DATABASE_URL.");
      }
      return look(opened, signal);
    },
  });

  return [
    always("settings", () => checkSettings(settings)),
    always("node", () => checkNode(nodeVersion)),
    withDatabase("database", ({ address }) => checkDatabase(address)),
    withDatabase("listen", ({ address }, signal) => checkListen(address, signal)),
    withDatabase("schema", ({ tables }) => checkSchema(tables)),
    {
      name: "clock",
      look: async () =>
        judgeClocks({
          database: opened === null || "error" in opened ? null : await databaseClock(opened.tables).catch(() => null),
          ...(await providers?.clocks()),
        }),
    },
    withProviders("agora", ({ channels }) => checkAgora(channels)),
    withProviders("agora hosts", ({ agoraHosts }) => checkHosts(agoraHosts)),
    withConfig("certificate", checkCertificate),
    withProviders("storage", ({ storage }) => checkStorage(config?.agora.storage ?? null, storage)),
    withProviders("cloudflare", ({ account }) => checkToken(account)),
    withProviders("stream", ({ account }) => checkStream(account)),
    withProviders("notifications", ({ wanted, setup }) => checkCloudflareWebhooks(wanted, setup)),
    withDatabase("deliveries", ({ tables }) => checkDeliveries(tables, now())),
    withDatabase("refused", ({ tables }) => checkRefusals(tables, now())),
    withConfig("public url", ({ publicUrl, agora }, signal) =>
      checkPublicUrl({ publicUrl, secret: agora.appCertificate }, now(), signal),
    ),
    withDatabase("processes", ({ tables }) => checkProcesses(tables)),
    withDatabase("backlog", ({ tables }) => checkBacklog(tables)),
  ];
}

const needsSettings = "needs the settings that are missing";
