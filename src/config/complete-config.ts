import type { AgoraConfig, CloudflareConfig, Config, LoadedConfig } from "./config.ts";
import { type DevelopmentCredentials, developmentCredentials } from "./development-credentials.ts";
import { loadConfig } from "./load-config.ts";

/**
 * The configuration to run on: the environment, and outside production the kept credentials for what it leaves open.
 *
 * @param env - the environment, usually `process.env`
 * @throws {ConfigError} as `loadConfig`
 */
export async function readConfig(env: NodeJS.ProcessEnv): Promise<Config> {
  const loaded = loadConfig(env);
  if (isComplete(loaded)) return loaded;
  return completeForDevelopment(loaded, await developmentCredentials(loaded.dataDir));
}

/**
 * Fills in what the environment left open: the operator key, and the sandbox's accounts in place of the providers'.
 *
 * @param sandboxUrl - where the sandbox listens; by default 127.0.0.1 at `sandboxPort`
 */
export function completeForDevelopment(
  config: LoadedConfig,
  credentials: DevelopmentCredentials,
  sandboxUrl = `http://127.0.0.1:${config.sandboxPort}`,
): Config {
  return {
    ...config,
    apiKey: config.apiKey ?? credentials.apiKey,
    agora: config.agora ?? sandboxAgora(credentials.agora, sandboxUrl),
    cloudflare: config.cloudflare ?? sandboxCloudflare(credentials.cloudflare, sandboxUrl),
  };
}

function isComplete(config: LoadedConfig): config is Config {
  return config.apiKey !== null && config.agora !== null && config.cloudflare !== null;
}

function sandboxAgora(credentials: DevelopmentCredentials["agora"], sandboxUrl: string): AgoraConfig {
  const { appId, appCertificate, customerId, customerSecret, ncsSecret } = credentials;
  return {
    apiUrls: [`${sandboxUrl}/agora`],
    appId,
    appCertificate,
    customerId,
    customerSecret,
    ncsSecrets: [ncsSecret],
    region: "NA",
    storage: {
      vendor: 1,
      region: 0,
      bucket: "tally-development",
      accessKey: credentials.storageAccessKey,
      secretKey: credentials.storageSecretKey,
      endpoint: null,
      prefix: null,
      sts: null,
    },
  };
}

function sandboxCloudflare(credentials: DevelopmentCredentials["cloudflare"], sandboxUrl: string): CloudflareConfig {
  const { accountId, apiToken, customerCode, notificationSecret, webhookSecret } = credentials;
  return {
    apiUrl: `${sandboxUrl}/cloudflare/client/v4`,
    accountId,
    apiToken,
    customerCode,
    playbackUrl: `${sandboxUrl}/delivery/${customerCode}`,
    notificationSecrets: [notificationSecret],
    webhookSecrets: [webhookSecret],
    requireSignedUrls: false,
    signing: null,
  };
}
