import type { Variable } from "./environment.ts";
import { amazonS3, inWords, otherS3, regionsOf, storageVendors } from "./storage-vendors.ts";

/** The variables that are set, as texts. */
export type Settings = Partial<Record<Variable, string>>;
type Needed = Partial<Record<Variable, string>>;

/**
 * What is missing from the environment as a whole, or doesn't go together.
 *
 * @returns a sentence for each problem, beginning with the variable's name
 */
export function unmetRequirements(settings: Settings): string[] {
  const production = settings.NODE_ENV === "production";
  const needed: Needed = {
    ...(production ? inProduction : {}),
    ...(isWithJwt(settings) ? ofJwt : {}),
    ...(isSandbox(settings) && !production
      ? {}
      : { ...ofAgora, ...storageNeeds(settings), ...ofCloudflare, ...signingNeeds(settings) }),
  };
  return [
    ...missing(settings, needed),
    ...(production ? [...insecure(settings), ...forgeable(settings), ...mixed(settings)] : []),
    ...unencrypted(settings),
    ...notAgoras(settings),
    ...tooLarge(settings),
    ...undated(settings),
    ...noSuchRegion(settings),
    ...noRoles(settings),
  ];
}

/** As `unmetRequirements`, of the database alone. */
export function unmetDatabaseRequirements(settings: Settings): string[] {
  const { DATABASE_URL } = inProduction;
  return settings.NODE_ENV === "production" ? missing(settings, { DATABASE_URL }) : [];
}

/** Nothing that belongs to a provider account is set. One variable is enough to mean the real providers. */
export function isSandbox(settings: Settings): boolean {
  const names = Object.keys({ ...ofAgora, ...ofStorage, ...ofCloudflare, ...optionalOfProviders }) as Variable[];
  return names.every((name) => settings[name] === undefined);
}

const inProduction = {
  DATABASE_URL: "the URL of your Postgres database; there is no embedded one in production",
  API_KEY: "the operators' key, long and random, such as the output of: openssl rand -hex 32",
  PUBLIC_URL: "the https URL at which Agora, Cloudflare and your app reach this service",
} satisfies Needed;

const ofJwt = {
  JWT_JWKS_URL: "the https URL of the public keys of your app's JWTs, or remove the other JWT_*",
  JWT_ISSUER: "the claim iss of your app's JWTs",
  JWT_AUDIENCE: "the claim aud of those of your app's JWTs that are meant for Tally",
} satisfies Needed;

function isWithJwt(settings: Settings): boolean {
  const names = [...Object.keys(ofJwt), "JWT_USER_CLAIM", "JWT_CHANNELS_CLAIM"] as Variable[];
  return names.some((name) => settings[name] !== undefined);
}

const ofAgora = {
  AGORA_APP_ID: "your project's App ID, from Agora's console",
  AGORA_APP_CERTIFICATE: "your project's primary certificate, from Agora's console",
  AGORA_CUSTOMER_ID: "the customer ID of Agora's console, RESTful API",
  AGORA_CUSTOMER_SECRET: "the customer secret of Agora's console, RESTful API",
  AGORA_NCS_SECRET: "the secrets of Agora's Notification Center Service, comma-separated",
} satisfies Needed;

const ofStorage = {
  AGORA_CLOUD_RECORDING_VENDOR: "Agora's number of your storage: 1 for Amazon S3, 11 for any other S3",
  AGORA_STORAGE_REGION: "Agora's number of your storage's region",
  AGORA_STORAGE_BUCKET: "the bucket that Cloud Recording writes to",
  AGORA_STORAGE_ACCESS_KEY: "a key that may write to that bucket",
  AGORA_STORAGE_SECRET_KEY: "the secret of that key",
} satisfies Needed;

const optionalOfStorage = {
  AGORA_STORAGE_ENDPOINT: "",
  AGORA_STORAGE_PREFIX: "",
  AGORA_STORAGE_STS_ROLE_ARN: "",
  AGORA_STORAGE_STS_ENDPOINT: "",
  AGORA_STORAGE_STS_EXTERNAL_ID: "",
  AGORA_STORAGE_STS_SECONDS: "",
} satisfies Needed;

/** A page is recorded into a storage, always; Media Push records nothing. A storage that is named is one to be used. */
function storageNeeds(settings: Settings): Needed {
  const names = Object.keys({ ...ofStorage, ...optionalOfStorage }) as Variable[];
  if (settings.RELAY_MODE === "media-push" && names.every((name) => settings[name] === undefined)) return {};
  const { AGORA_STORAGE_REGION, ...ofAny } = ofStorage;
  const vendor = Number(settings.AGORA_CLOUD_RECORDING_VENDOR);
  const withRole = names.some((name) => name.startsWith("AGORA_STORAGE_STS_") && settings[name] !== undefined);
  return {
    ...ofAny,
    ...(vendor in storageVendors && !hasRegions(vendor) ? {} : { AGORA_STORAGE_REGION }),
    ...(vendor === otherS3 ? { AGORA_STORAGE_ENDPOINT: "your storage's host; vendor 11 needs it" } : {}),
    ...(withRole ? { AGORA_STORAGE_STS_ROLE_ARN: "the role to assume, or remove the other AGORA_STORAGE_STS_*" } : {}),
    ...(withRole && vendor === otherS3
      ? { AGORA_STORAGE_STS_ENDPOINT: "the https URL of your storage's STS; vendor 11 has none of its own" }
      : {}),
  };
}

function hasRegions(vendor: number): boolean {
  return Object.keys(regionsOf(vendor)).length > 0;
}

function noSuchRegion({ AGORA_CLOUD_RECORDING_VENDOR: vendor, AGORA_STORAGE_REGION: region }: Settings): string[] {
  const regions = regionsOf(Number(vendor));
  if (region === undefined || !hasRegions(Number(vendor)) || region in regions) return [];
  return [`AGORA_STORAGE_REGION must be one of vendor ${vendor}'s: ${inWords(regions)}; not "${region}"`];
}

/** Agora takes temporary credentials of vendors 1, 2 and 3; ours come from `AssumeRole` as AWS has it. */
function noRoles({ AGORA_CLOUD_RECORDING_VENDOR: vendor, AGORA_STORAGE_STS_ROLE_ARN: role }: Settings): string[] {
  if (role === undefined || vendor === undefined || [amazonS3, otherS3].includes(Number(vendor))) return [];
  return [
    `AGORA_STORAGE_STS_ROLE_ARN works with vendors ${amazonS3} and ${otherS3} only: remove it for vendor ${vendor}`,
  ];
}

const ofCloudflare = {
  CLOUDFLARE_STREAM_ACCOUNT_ID: "your account's ID, from Cloudflare's dashboard",
  CLOUDFLARE_STREAM_API_TOKEN: "an API token with the permission Stream: Edit",
  CLOUDFLARE_NOTIFICATION_SECRET: "the secret of Cloudflare's notification webhook, or several, comma-separated",
} satisfies Needed;

const ofSigning = {
  CLOUDFLARE_STREAM_SIGNING_KEY_ID: "the id that POST /accounts/{id}/stream/keys answered",
  CLOUDFLARE_STREAM_SIGNING_KEY: "the pem or the jwk that POST /accounts/{id}/stream/keys answered beside the id",
} satisfies Needed;

/** A key is worth nothing without its id; without both, links that must be signed can't be. */
function signingNeeds(settings: Settings): Needed {
  const isRequired = settings.CLOUDFLARE_STREAM_REQUIRE_SIGNED_URLS === "true";
  const names = Object.keys(ofSigning) as Variable[];
  return isRequired || names.some((name) => settings[name] !== undefined) ? ofSigning : {};
}

const optionalOfProviders = {
  AGORA_API_URL: "",
  ...optionalOfStorage,
  CLOUDFLARE_API_URL: "",
  CLOUDFLARE_PLAYBACK_URL: "",
  CLOUDFLARE_STREAM_CUSTOMER_CODE: "",
  CLOUDFLARE_STREAM_WEBHOOK_SECRET: "",
  CLOUDFLARE_STREAM_REQUIRE_SIGNED_URLS: "",
  ...ofSigning,
} satisfies Needed;

function missing(settings: Settings, needed: Needed): string[] {
  return Object.entries(needed)
    .filter(([name]) => settings[name as Variable] === undefined)
    .map(([name, what]) => `${name} is missing: set it to ${what}`);
}

function insecure(settings: Settings): string[] {
  return (["PUBLIC_URL", "AGORA_API_URL", "AGORA_STORAGE_STS_ENDPOINT", "CLOUDFLARE_API_URL"] as const)
    .filter((name) => isHttp(settings[name]))
    .map((name) => `${name} must begin with https:// in production: it carries secrets`);
}

/** Whoever could change the keys on their way could be anybody. */
function forgeable({ JWT_JWKS_URL }: Settings): string[] {
  if (!isHttp(JWT_JWKS_URL)) return [];
  return ["JWT_JWKS_URL must begin with https:// in production: its keys decide who is believed"];
}

/** Viewers' players refuse plain HTTP on pages that came over https. On this machine an imitation may stand there. */
function unencrypted(settings: Settings): string[] {
  const { CLOUDFLARE_PLAYBACK_URL: url, NODE_ENV: mode } = settings;
  if (!isHttp(url) || (mode !== "production" && /^http:\/\/127\.0\.0\.1(?=[:/]|$)/.test(url ?? ""))) return [];
  return ["CLOUDFLARE_PLAYBACK_URL must begin with https://, or outside production with http://127.0.0.1"];
}

/** A page that came over https loads nothing else (W3C: Mixed Content). */
function mixed(settings: Settings): string[] {
  return (["STAGE_LOGO_URL", "STAGE_OVERLAY_URL"] as const)
    .filter((name) => isHttp(settings[name]))
    .map((name) => `${name} must begin with https:// in production: the stage's page loads nothing else`);
}

/** Or one of several, separated by commas. */
function isHttp(urls: string | undefined): boolean {
  return urls?.split(",").some((url) => /^http:/i.test(url.trim())) === true;
}

/** Agora docs: cloud-recording/rest-api/start. */
const mostPixels = 1920 * 1080;

function tooLarge({ VIDEO_WIDTH = "1280", VIDEO_HEIGHT = "720" }: Settings): string[] {
  if (!(Number(VIDEO_WIDTH) * Number(VIDEO_HEIGHT) > mostPixels)) return [];
  return ["VIDEO_WIDTH times VIDEO_HEIGHT must be at most 1920x1080"];
}

/** An estimate tells the date of its prices, and the default one is that of the default prices. */
function undated(settings: Settings): string[] {
  const [price] = Object.keys(settings).filter((name) => name.startsWith("PRICE_"));
  if (price === undefined || settings.PRICES_AS_OF !== undefined) return [];
  return [`PRICES_AS_OF is missing: set it to the date of ${price}, like 2026-06-17`];
}

/** At the real Agora anything else fails later, as an empty token; an imitation takes what it likes. */
function notAgoras(settings: Settings): string[] {
  if (settings.AGORA_API_URL !== undefined) return [];
  return (["AGORA_APP_ID", "AGORA_APP_CERTIFICATE"] as const)
    .filter((name) => settings[name] !== undefined && !/^[0-9a-f]{32}$/i.test(settings[name]))
    .map((name) => `${name} must be 32 hexadecimal digits, as in Agora's console`);
}
