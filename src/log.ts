import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger };

/** What is never written, at the top of a line and one or two levels below: `headers.authorization`, `err.config.token`. */
const secretKeys = [
  "authorization",
  '["cf-webhook-auth"]',
  "apiKey",
  "apiToken",
  "password",
  "secretKey",
  "accessKey",
  "streamKey",
  "token",
  "rtmpUrl",
];

/**
 * The service's logger: one JSON line per call, times in ISO 8601, secrets redacted by the name of their field. A
 * secret inside a message text is not seen: put values in the object, first argument.
 *
 * @param options.level - pino's: trace, debug, info, warn, error, fatal or silent
 * @param options.destination - where the lines go; standard output by default
 */
export function createLogger(options: { level: string; destination?: DestinationStream }): Logger {
  const settings = {
    level: options.level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: secretPaths(), censor: "[redacted]" },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

function secretPaths(): string[] {
  return secretKeys.flatMap((key) => {
    const child = key.startsWith("[") ? key : `.${key}`;
    return [key, `*${child}`, `*.*${child}`];
  });
}
