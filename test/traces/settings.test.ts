import { describe, expect, test } from "vitest";

import {
  ConfigError,
  describeConfig,
  loadConfig,
  readConfig,
  secretsInEnvironment,
  secretsOf,
} from "../../src/config/index.ts";

/** As much as a configuration needs that isn't made up. */
const env = {
  API_KEY: "operators-key-of-16-letters",
  AGORA_APP_ID: "0123456789abcdef0123456789abcdef",
  AGORA_APP_CERTIFICATE: "fedcba9876543210fedcba9876543210",
  AGORA_CUSTOMER_ID: "customer-id",
  AGORA_CUSTOMER_SECRET: "customer-secret",
  AGORA_NCS_SECRET: "ncs-secret",
  RELAY_MODE: "media-push",
  CLOUDFLARE_STREAM_ACCOUNT_ID: "account-id",
  CLOUDFLARE_STREAM_API_TOKEN: "api-token",
  CLOUDFLARE_NOTIFICATION_SECRET: "notification-secret",
};

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("the settings of traces", () => {
  test("trace nothing unless they say where to", () => {
    expect(loadConfig({ OTEL_SERVICE_NAME: "tally-eu" }).traces).toBeNull();
    expect(loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/" }).traces).toEqual({
      endpoint: "http://collector:4318",
      protocol: "http/protobuf",
      headers: {},
      serviceName: "tally",
      resource: {},
      sampler: "parentbased_always_on",
      ratio: 1,
    });
    const all = {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://otlp.example.com/otlp",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Basic%20dGFsbHk6YQ==, x-scope = shop",
      OTEL_SERVICE_NAME: "tally-eu",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=production,",
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.25",
    };
    expect(loadConfig(all).traces).toEqual({
      endpoint: "https://otlp.example.com/otlp",
      protocol: "http/json",
      headers: { Authorization: "Basic dGFsbHk6YQ==", "x-scope": "shop" },
      serviceName: "tally-eu",
      resource: { "deployment.environment.name": "production" },
      sampler: "parentbased_traceidratio",
      ratio: 0.25,
    });
  });

  test.each([
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", /must be a URL like .*, not "collector:4318"$/],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "https://me:secret@otlp.example.com", /must be a URL/],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", /must be one of: http\/protobuf, http\/json, not "grpc"$/],
    ["OTEL_EXPORTER_OTLP_HEADERS", "just-a-key", /must be a comma-separated list like name=value,other=value$/],
    ["OTEL_RESOURCE_ATTRIBUTES", "shop=100%", /must be a comma-separated list/],
    ["OTEL_TRACES_SAMPLER", "sometimes", /must be one of: always_on, /],
    ["OTEL_TRACES_SAMPLER_ARG", "2", /must be a number from 0 to 1, like 0.1, not "2"$/],
  ])("are refused: %s=%s", (name, value, words) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toEqual([expect.stringMatching(words)]);
    expect(problems[0]).toMatch(new RegExp(`^${name} `));
  });

  test("show the names of the collector's headers, and what they say is secret", async () => {
    const traces = {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://otlp.example.com",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20collectors-key",
    };
    const config = await readConfig({ ...env, ...traces });
    expect(describeConfig(config).traces).toMatchObject({ headers: ["authorization"], serviceName: "tally" });
    expect(describeConfig(await readConfig(env)).traces).toBeNull();
    for (const known of [secretsOf(config), secretsInEnvironment(traces)]) {
      expect(known).toEqual(expect.arrayContaining(["Bearer collectors-key", "collectors-key"]));
    }
  });
});
