import express, { type Express } from "express";

import { allowOrigins } from "./allow-origins.ts";
import {
  answerNotFound,
  type Api,
  createAuthentication,
  createErrorHandler,
  createFiguresRouter,
  createHealthRouter,
  createOpenApiRouter,
  createOverview,
  createStatuses,
  createTrpcHandler,
  createV1Router,
  type FiguresSource,
  type HealthDeps,
  logRequests,
  note,
} from "./api/index.ts";
import type { AgoraConfig, CloudflareConfig, Config } from "./config/index.ts";
import { type ConsoleSettings, createConsoleRouter } from "./console/index.ts";
import { createProof } from "./deployment-proof.ts";
import type { Feed } from "./eventlog/index.ts";
import { createVault } from "./notifications/index.ts";
import { pageHeaders } from "./page-headers.ts";
import { createStageRouter, type StageSettings } from "./stage/index.ts";
import { createWebhookRouter, interpret, type WebhookRouterOptions } from "./webhooks/index.ts";

/** The settings that the HTTP side needs. */
export interface AppConfig extends Pick<
  Config,
  | "apiKey"
  | "jwt"
  | "corsOrigins"
  | "publicUrl"
  | "policy"
  | "relayMode"
  | "prices"
  | "trustProxy"
  | "production"
  | "notifications"
> {
  agora: Pick<AgoraConfig, "appId" | "appCertificate" | "ncsSecrets">;
  cloudflare: Pick<CloudflareConfig, "notificationSecrets" | "webhookSecrets" | "playbackUrl">;
  /** Wrong keys from one address in a minute, before they are answered 429. */
  failedKeysMost?: number;
  console?: Pick<ConsoleSettings, "pageFolder">;
  stage: Config["stage"] & Pick<StageSettings, "pageFolder">;
}

export interface AppDeps
  extends
    Omit<
      Api,
      | "defaultMode"
      | "prices"
      | "policy"
      | "statusTokens"
      | "statuses"
      | "overview"
      | "replayRules"
      | "urlRules"
      | "vault"
    >,
    Omit<HealthDeps, "prove">,
    Pick<WebhookRouterOptions, "append" | "redactor" | "agoraSenders" | "onRefused" | "onReceived"> {
  feed: Feed;
  figures: FiguresSource;
}

/**
 * The HTTP side of the service, not listening yet.
 *
 * @throws if the operators' key or a webhook secret is blank, or the stage's page isn't built
 */
export function createApp(config: AppConfig, deps: AppDeps): Express {
  const { apiKey, jwt, failedKeysMost, relayMode, prices, policy, agora, cloudflare } = config;
  const { log, traces, links, append, redactor, agoraSenders, onRefused, onReceived } = deps;
  const { appId, appCertificate } = agora;
  const secrets = {
    agora: agora.ncsSecrets,
    cloudflareNotification: cloudflare.notificationSecrets,
    cloudflareStream: cloudflare.webhookSecrets,
  };
  const stageSettings = { publicUrl: config.publicUrl, appId, appCertificate, ...config.stage };
  const consoleSettings = { publicUrl: config.publicUrl, playbackUrl: cloudflare.playbackUrl, ...config.console };
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag"); // a status has one of its own, nothing else has any
  app.set("query parser", "simple");
  app.set("trust proxy", config.trustProxy);

  // First, and before anything that reads bodies. A webhook has its own line in the log.
  app.use(
    "/webhooks",
    createWebhookRouter({ secrets, append, agoraSenders, log, traces, redactor, onRefused, onReceived }),
  );
  app.use(logRequests(log));
  app.use(createHealthRouter({ ...deps, prove: createProof(appCertificate) }));
  app.use(createOpenApiRouter(config.publicUrl));
  app.use("/stage", note({ route: "/stage/{token}" }), pageHeaders(), createStageRouter(stageSettings, deps));
  // Preflights are answered here, before anybody is asked for a key.
  if (config.corsOrigins.length > 0) app.use(["/v1", "/trpc"], allowOrigins(config.corsOrigins));
  const authentication = createAuthentication({ apiKey, appCertificate, jwt, failedKeysMost }, deps);
  const statuses = createStatuses({ ...deps, defaultMode: relayMode, links });
  const overview = createOverview({ ...deps, defaultMode: relayMode, policy });
  const api = {
    ...deps,
    overview,
    defaultMode: relayMode,
    prices,
    policy,
    statuses,
    replayRules: { policy: config.policy, interpret, defaultMode: relayMode },
    statusTokens: authentication.statusTokens,
    urlRules: { allowPrivate: config.notifications.allowPrivate, production: config.production },
    vault: createVault(appCertificate),
  };
  app.use("/console", note({ route: "/console" }), pageHeaders(), createConsoleRouter(consoleSettings, authentication));
  app.use(createFiguresRouter(deps.figures, authentication));
  app.use("/v1", createV1Router(api, authentication));
  app.use("/trpc", createTrpcHandler(api, authentication));
  app.use(answerNotFound);
  app.use(createErrorHandler(log));
  return app;
}
