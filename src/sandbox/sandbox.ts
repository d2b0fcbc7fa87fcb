import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import express from "express";

import { agoraRoutes } from "./agora/index.ts";
import { cloudflareRoutes } from "./cloudflare/index.ts";
import { controlRoutes, createControl, type SandboxControl } from "./control/index.ts";
import { deliveryRoutes } from "./delivery/index.ts";
import { tallyEnvironment } from "./environment.ts";
import { applySettings, defaultSettings, type SettingsChange } from "./settings.ts";
import { createWorld } from "./world/index.ts";

export interface SandboxOptions {
  /** On 127.0.0.1; default any free one. */
  port?: number;
  /** Signs Tally's tokens; only handed on in `environment`. */
  appCertificate?: string;
  settings?: SettingsChange;
}

/** A running imitation of Agora's and Cloudflare's APIs. */
export interface Sandbox {
  url: string;
  port: number;
  control: SandboxControl;
  /** What Tally's environment must have to use this sandbox. */
  environment: Record<string, string>;
  /** Ends connections, webhooks under way and everything that was to happen. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox on 127.0.0.1: Agora below `/agora`, Cloudflare below `/cloudflare/client/v4`, what
 * viewers watch below `/delivery/{customer code}`, control below `/sandbox`.
 *
 * @throws if the port is taken
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const settings = defaultSettings();
  applySettings(settings, options.settings ?? {});
  let world = createWorld(settings);
  const present = () => world;
  const reset = () => {
    world.close();
    world = createWorld(settings);
  };
  const control = createControl({ settings, world: present, reset });

  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(express.text({ type: () => true, limit: "1mb" }));
  app.use("/agora", agoraRoutes(present));
  app.use("/cloudflare/client/v4", cloudflareRoutes(present));
  app.use("/delivery", deliveryRoutes(present));
  app.use("/sandbox", controlRoutes(control));

  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  settings.delivery.url ??= `${url}/delivery/${settings.cloudflare.customerCode}`;

  return {
    url,
    port,
    control,
    environment: tallyEnvironment(url, settings, options.appCertificate ?? randomBytes(16).toString("hex")),
    async close() {
      world.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
