import { z } from "zod";

import { readSigningKey } from "./signing-key.ts";
import { inWords, storageVendors } from "./storage-vendors.ts";

/** Kinds of environment variables. Each refuses a bad text with a sentence that follows the variable's name. */

export function oneOf<const T extends string>(...values: readonly T[]) {
  return z.enum(values, { error: `must be one of: ${values.join(", ")}` });
}

/** A comma-separated list; spaces around the commas and empty items don't count. */
export function list<T>(expectation: string, item: (text: string) => T | undefined) {
  return parsed(`must be a comma-separated list of ${expectation}`, (text) => {
    const parts = text.split(",").map((part) => part.trim());
    const items = parts.filter((part) => part !== "").map(item);
    return items.length > 0 && items.every((value) => value !== undefined) ? items : undefined;
  });
}

/** Several secrets at once: one per product of a provider, or the old one beside the new during a rotation. */
export function secrets() {
  return list("secrets", (text) => text);
}

export function integer(min: number, max: number) {
  return parsed(`must be a whole number from ${min} to ${max}`, (text) => {
    const value = decimal(text);
    return value !== undefined && Number.isInteger(value) && value >= min && value <= max ? value : undefined;
  });
}

export function evenInteger(min: number, max: number) {
  return parsed(`must be an even number from ${min} to ${max}`, (text) => {
    const value = decimal(text);
    return value !== undefined && value % 2 === 0 && value >= min && value <= max ? value : undefined;
  });
}

export function rate() {
  return parsed("must be a number of calls a second, more than 0", (text) => {
    const value = decimal(text);
    return value !== undefined && value > 0 ? value : undefined;
  });
}

export function price() {
  return parsed("must be US dollars for 1000 minutes, 0 or more, like 7.99", decimal);
}

export function ratio() {
  return parsed("must be a number from 0 to 1, like 0.1", (text) => {
    const value = decimal(text);
    return value !== undefined && value <= 1 ? value : undefined;
  });
}

/** As OpenTelemetry has it: a value may be percent-encoded, and must be where it has a comma. */
export function keyValues() {
  return parsed("must be a comma-separated list like name=value,other=value", (text) => {
    const pairs = text.split(",").filter((pair) => pair.trim() !== "");
    const read = pairs.map(keyValue);
    return read.every((pair) => pair !== undefined) ? Object.fromEntries(read) : undefined;
  });
}

function keyValue(pair: string): [string, string] | undefined {
  const [, name, value] = /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
  if (name === undefined || value === undefined) return undefined;
  try {
    return [name, decodeURIComponent(value)];
  } catch {
    return undefined; // a percent sign that encodes nothing
  }
}

/** A day that the calendar has. */
export function isoDate() {
  return parsed("must be a date like 2026-06-17", (text) => (z.iso.date().safeParse(text).success ? text : undefined));
}

/** Seconds in the environment, fractions allowed; milliseconds in the configuration. */
export function seconds() {
  return parsed("must be a number of seconds, 0 or more", toMs);
}

/** The same, where less than `least` makes no sense and 0 means never. */
export function secondsOrNever(least: number) {
  return parsed(`must be a number of seconds, 0 (never) or at least ${least}`, (text) => {
    const ms = toMs(text);
    return ms !== undefined && (ms === 0 || ms >= least * 1000) ? ms : undefined;
  });
}

export function secondsList() {
  return list("seconds, each 0 or more", toMs);
}

/** Agora takes 1 to 720 hours (Agora docs: `maxRecordingHour`); a fraction is for trials, and is rounded up there. */
export function recordingHours() {
  return parsed("must be a number of hours, more than 0 and at most 720", (text) => {
    const value = decimal(text);
    return value !== undefined && value > 0 && value <= 720 ? value * 3_600_000 : undefined;
  });
}

/** Without credentials, query and fragment; a slash at the end is dropped. */
export function webUrl() {
  return parsed("must be a URL like https://tally.example.com", toWebUrl);
}

/** The same, several: tried in this order. */
export function webUrls() {
  return list("URLs like https://tally.example.com", toWebUrl);
}

function toWebUrl(text: string): string | undefined {
  const url = parseUrl(text);
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  return url.username + url.password + url.search + url.hash === "" ? url.href.replace(/\/+$/, "") : undefined;
}

/** A browser is to load it, so it may have a query. */
export function imageUrl() {
  return parsed("must be an image's URL like https://shop.example.com/logo.png", (text) => {
    const url = parseUrl(text);
    return url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.password === ""
      ? url.href
      : undefined;
  });
}

/** Whoever can change what is there can be anybody, so it comes over https, or from this machine. */
export function jwksUrl() {
  return parsed("must be an https URL like https://login.example.com/.well-known/jwks.json", (text) => {
    const url = parseUrl(text);
    const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && url.hostname === "127.0.0.1");
    return isSafe && url.username + url.password === "" ? url.href : undefined;
  });
}

export function origin(text: string): string | undefined {
  return text === "*" || parseUrl(text)?.origin === text ? text : undefined;
}

export function postgresUrl() {
  return parsed("must be a URL like postgres://user:password@host:5432/database", (text) =>
    /^postgres(ql)?:$/.test(parseUrl(text)?.protocol ?? "") ? text : undefined,
  );
}

/** Short enough for the `_jobs` that names the job library's schema; `pg_` is Postgres's own. */
export function schemaName() {
  return parsed("must be 1 to 50 characters of a-z, 0-9 and _, not beginning with a digit or pg_", (text) =>
    /^(?!pg_)[a-z_][a-z0-9_]{0,49}$/.test(text) ? text : undefined,
  );
}

/** Agora takes nothing else in `fileNamePrefix` (Agora docs: `storageConfig`). */
export function storagePrefix() {
  return parsed("must be folders of the letters A-Z, a-z and digits, separated by /, like tally/shop1", (text) =>
    /^[A-Za-z0-9]+(\/[A-Za-z0-9]+)*$/.test(text) && text.length <= 64 ? text : undefined,
  );
}

export function storageVendor() {
  const names = Object.fromEntries(Object.entries(storageVendors).map(([number, { name }]) => [number, name]));
  return parsed(`must be Agora's number of your storage, one of: ${inWords(names)}`, (text) => {
    const value = decimal(text);
    return value !== undefined && value in storageVendors ? value : undefined;
  });
}

/** An S3 of somebody else's has its own roles; of AWS's, `AssumeRole` says what is wrong. */
export function roleArn() {
  return parsed("must be a role's ARN like arn:aws:iam::123456789012:role/tally-recordings", (text) =>
    /^arn:[^\s]{16,2044}$/.test(text) ? text : undefined,
  );
}

/** AWS STS: AssumeRole, `ExternalId`. */
export function externalId() {
  return parsed("must be 2 to 1224 of the letters A-Z, a-z, digits and _+=,.@:/-", (text) =>
    /^[\w+=,.@:/-]{2,1224}$/.test(text) ? text : undefined,
  );
}

/** The text stays, so that it can be kept out of logs. */
export function signingKey() {
  return parsed("must be the pem or the jwk of POST /accounts/{id}/stream/keys, as given there (base64)", (text) =>
    readSigningKey(text) === undefined ? undefined : text,
  );
}

export function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function toMs(text: string): number | undefined {
  const value = decimal(text);
  return value === undefined ? undefined : Math.round(value * 1000);
}

/** Not `Number(text)` alone, which takes "", "0x10" and "1e3" too. */
function decimal(text: string): number | undefined {
  return /^\d{1,9}(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function parsed<T>(message: string, parse: (text: string) => T | undefined) {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });
}
