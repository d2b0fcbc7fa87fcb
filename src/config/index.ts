export { completeForDevelopment, readConfig } from "./complete-config.ts";
export {
  type AgoraConfig,
  type CloudflareConfig,
  type Config,
  ConfigError,
  type DatabaseConfig,
  type JwtConfig,
} from "./config.ts";
export { DataFolderError } from "./data-folder-error.ts";
export { databaseUrlForPeople, describeConfig } from "./describe-config.ts";
export { developmentCredentials } from "./development-credentials.ts";
export { linkSettingsOf } from "./link-settings.ts";
export { loadConfig, loadDatabaseConfig } from "./load-config.ts";
export { secretsInEnvironment, secretsOf } from "./secrets.ts";
export { ownSecrets, readSigningSecrets, type SigningSecret, type SigningSecrets } from "./signing-secrets.ts";
