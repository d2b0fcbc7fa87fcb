import { type Config, ConfigError, describeConfig } from "../config/index.ts";
import { failed, ok, type Outcome, warning } from "./check.ts";

/** The settings, or why there are none. */
export type Settings = { config: Config } | { error: unknown };

/** Every problem that a start would list, and what a start would note. */
export function checkSettings(settings: Settings): Outcome[] {
  if ("error" in settings) {
    const { error } = settings;
    const problems = error instanceof ConfigError ? error.problems : [String(error)];
    return problems.map((problem) => failed(problem, "Set it in the service's environment, and run this there."));
  }
  const { config } = settings;
  const notes = describeConfig(config).notes as string[];
  const mode = config.production ? "production" : "development";
  return [ok(`complete, for ${mode}`), ...notes.map((note) => warning(note, "README.md explains each setting."))];
}

/** @param version - of Node, `20.19.1`; @param needed - the least */
export function checkNode(version: string, needed = "20.19.0"): Outcome {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = needed.split(".").map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return ok(`Node ${version}`);
  return failed(`Node ${version} is too old`, `Install Node ${leastMajor}.${leastMinor} or newer.`);
}

/** Agora docs: an App ID and a certificate are 32 hexadecimal digits each. */
export function checkCertificate({ agora }: Pick<Config, "agora">): Outcome {
  const isHex = (text: string) => /^[0-9a-f]{32}$/i.test(text);
  if (!isHex(agora.appId)) {
    return failed("AGORA_APP_ID isn't 32 hexadecimal digits", "Copy the App ID from Agora's console.");
  }
  if (!isHex(agora.appCertificate)) {
    return failed(
      "AGORA_APP_CERTIFICATE isn't 32 hexadecimal digits: Agora will take no token of ours",
      "Copy the primary certificate from Agora's console, and enable it there.",
    );
  }
  return ok("well-formed; whether it is this App ID's only Agora's answer to a join tells");
}
