export { completeForDevelopment, readConfig } from "./complete-config.ts";
export {
  type AgoraConfig,
  type CloudflareConfig,
  type Config,
  ConfigError,
  type DatabaseConfig,
  type LoadedConfig,
} from "./config.ts";
export { databaseUrlForPeople, describeConfig } from "./describe-config.ts";
export { type DevelopmentCredentials, developmentCredentials } from "./development-credentials.ts";
export { loadConfig, loadDatabaseConfig } from "./load-config.ts";
