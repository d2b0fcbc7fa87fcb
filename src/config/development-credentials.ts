import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { DataFolderError } from "./data-folder-error.ts";

const secret = z.string().min(1);
const schema = z.object({
  apiKey: secret,
  agora: z.object({
    appId: secret,
    appCertificate: secret,
    customerId: secret,
    customerSecret: secret,
    ncsSecret: secret,
    storageAccessKey: secret,
    storageSecretKey: secret,
  }),
  cloudflare: z.object({
    accountId: secret,
    apiToken: secret,
    customerCode: secret,
    notificationSecret: secret,
    webhookSecret: secret,
  }),
});

/** Credentials that mean something only between this service, its command line and the built-in sandbox. */
export type DevelopmentCredentials = z.infer<typeof schema>;

/**
 * Reads `<dataDir>/development.json`, making it with random values the first time, readable by its owner only. Processes
 * that start at once agree: the first one's file counts.
 *
 * @throws {DataFolderError} if it can't be read or made; the message says what to do
 */
export async function developmentCredentials(dataDir: string): Promise<DevelopmentCredentials> {
  const file = join(dataDir, "development.json");
  return (await read(file)) ?? (await create(file, dataDir));
}

async function create(file: string, dataDir: string): Promise<DevelopmentCredentials> {
  const temporary = `${file}.${randomUUID()}`;
  try {
    await mkdir(dataDir, { recursive: true });
    await writeFile(temporary, `${JSON.stringify(randomCredentials(), null, 2)}\n`, { mode: 0o600 });
    // Unlike a rename, a link never replaces what another process has just put there.
    await link(temporary, file).catch((error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
    });
  } catch (error) {
    throw DataFolderError.notWritten(dataDir, error);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
  const credentials = await read(file);
  if (credentials === null) throw new DataFolderError(`${file} disappeared while Tally was starting: start again.`);
  return credentials;
}

async function read(file: string): Promise<DevelopmentCredentials | null> {
  try {
    return schema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    // The folder is none: making the file tells.
    if (codeOf(error) === "ENOTDIR") return null;
    throw new DataFolderError(
      `${file} can't be used: make it readable, or delete it and start again to get a new one.`,
      { cause: error },
    );
  }
}

function randomCredentials(): DevelopmentCredentials {
  const hex = (bytes: number) => randomBytes(bytes).toString("hex");
  return {
    apiKey: hex(24),
    agora: {
      // 32 hexadecimal digits, or Agora's token library makes no tokens.
      appId: hex(16),
      appCertificate: hex(16),
      customerId: hex(16),
      customerSecret: hex(16),
      ncsSecret: hex(16),
      storageAccessKey: hex(10),
      storageSecretKey: hex(20),
    },
    cloudflare: {
      accountId: hex(16),
      apiToken: hex(20),
      customerCode: hex(8),
      notificationSecret: hex(16),
      webhookSecret: hex(20),
    },
  };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
