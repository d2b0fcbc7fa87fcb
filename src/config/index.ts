export { completeForDevelopment, readConfig } from "./complete-config.ts";
export { type AgoraConfig, type CloudflareConfig, type Config, ConfigError, type DatabaseConfig } from "./config.ts";
export { databaseUrlForPeople, describeConfig } from "./describe-config.ts";
export { developmentCredentials } from "./development-credentials.ts";
export { loadConfig, loadDatabaseConfig } from "./load-config.ts";
