import type { Config } from "./config.ts";

/** Whether a variable of the environment holds a secret, or may: a database's URL has its password. */
export function isSecret(name: string): boolean {
  return /SECRET|KEY|TOKEN|CERTIFICATE|DATABASE|HEADERS/.test(name);
}

/**
 * The secrets in an environment, by the names of its variables: for what is to be told before the configuration could be
 * read, or because it couldn't.
 */
export function secretsInEnvironment(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value = ""]) => {
    if (!isSecret(name)) return [];
    if (name.startsWith("DATABASE")) return passwordsIn(value);
    const items = value.split(",").map((item) => item.trim());
    return name.endsWith("HEADERS")
      ? items.flatMap((item) => inHeader(decode(item.slice(item.indexOf("=") + 1))))
      : items;
  });
}

/** Every secret of a configuration, for redaction; with what Agora's Basic authentication makes of two of them. */
export function secretsOf({ apiKey, agora, cloudflare, database, traces }: Config): string[] {
  return [
    apiKey,
    agora.appCertificate,
    agora.customerSecret,
    `${agora.customerId}:${agora.customerSecret}`,
    ...agora.ncsSecrets,
    ...(agora.storage === null ? [] : [agora.storage.accessKey, agora.storage.secretKey]),
    cloudflare.apiToken,
    ...cloudflare.notificationSecrets,
    ...cloudflare.webhookSecrets,
    ...(cloudflare.signing === null ? [] : [cloudflare.signing.text]),
    ...Object.values(traces?.headers ?? {}).flatMap(inHeader),
    ...[database.url, database.directUrl].flatMap((url) => (url === null ? [] : passwordsIn(url))),
  ];
}

/** `Bearer …` is told apart from what it bears. */
function inHeader(value: string): string[] {
  return [value, ...value.split(" ").slice(1)];
}

/** One that equals its user or database stands in plain sight beside it anyway: postgres://postgres:postgres@… */
function passwordsIn(databaseUrl: string): string[] {
  if (!URL.canParse(databaseUrl)) return [];
  const { username, password, pathname, searchParams } = new URL(databaseUrl);
  const inQuery = searchParams.get("password");
  return [decode(password), ...(inQuery === null ? [] : [inQuery])].filter(
    (secret) => secret !== decode(username) && secret !== decode(pathname.slice(1)),
  );
}

/** A URL may hold a percent sign that encodes nothing. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
