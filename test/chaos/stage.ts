import { once } from "node:events";

import fetch from "node-fetch";

import { createClosers } from "../../src/closers.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { allOver } from "./all-over.ts";
import { startChild } from "./child.ts";
import { environment, pace, sandboxSettings, serviceEnvironment } from "./environment.ts";
import { startFrontProxy } from "./front-proxy.ts";
import type { EveningMode, EveningPlan } from "./plan.ts";
import { type SandboxClient, sandboxClient } from "./sandbox.ts";
import type { Server } from "./server.ts";
import { type Service, startService } from "./service.ts";

/** All that an evening is played on: two service processes, the sandbox, and the ways between them. */
export interface Stage {
  server: Server;
  mode: EveningMode;
  channels: readonly string[];
  /** The evening's database, past the proxy. */
  databaseUrl: () => string;
  databaseProxy: TcpProxy;
  sandbox: SandboxClient;
  services: readonly [Service, Service];
  /** What they logged last, each. */
  serviceWords(): string[];
  /** Ends the service processes. @returns what was not as it should be */
  stopServices(): Promise<string[]>;
  close(): Promise<void>;
}

export async function openStage(
  server: Server,
  name: string,
  { channels, mode }: Pick<EveningPlan, "channels" | "mode">,
): Promise<Stage> {
  const closers = createClosers();
  try {
    return await open();
  } catch (error) {
    await closers.closeAll();
    throw error;
  }

  async function open(): Promise<Stage> {
    await server.createDatabase(name);
    closers.add("the evening's database", () => server.dropDatabase(name));
    const databaseProxy = await startTcpProxy(() => server.port());
    closers.add("the proxy before the database", () => databaseProxy.close());
    const services: Service[] = [];
    const front = await startFrontProxy(() => services.map(({ port }) => port));
    closers.add("the proxy before the services", () => front.close());

    const sandboxProcess = startChild(
      "sandbox/main.js",
      ["--port", "0", "--pace", String(pace), "--service-url", front.url],
      environment,
    );
    closers.add("the sandbox", async () => {
      await sandboxProcess.end();
    });
    const [{ url }] = (await Promise.race([
      once(sandboxProcess.process, "message"),
      once(sandboxProcess.process, "exit").then(() => {
        throw new Error(`the sandbox ended at its start: ${sandboxProcess.words()}`);
      }),
    ])) as [{ url: string }];
    const sandbox = sandboxClient(url);
    await sandbox.post("/settings", sandboxSettings);

    const start = async (): Promise<Service> => {
      const service = await startService({
        ...serviceEnvironment(mode),
        DATABASE_URL: server.urlOf(name, databaseProxy.port),
        AGORA_API_URL: `${url}/agora`,
        CLOUDFLARE_API_URL: `${url}/cloudflare/client/v4`,
      });
      services.push(service);
      closers.add("a service", async () => {
        await service.stop();
      });
      return service;
    };
    const pair: Stage["services"] = await allOver([start(), start()] as const);
    if (mode === "both") {
      await allOver(channels.filter((_, i) => i % 2 === 1).map((channel) => pushes(front.url, channel)));
    }
    return {
      server,
      mode,
      channels,
      databaseUrl: () => server.urlOf(name),
      databaseProxy,
      sandbox,
      services: pair,
      serviceWords: () => pair.map((service) => service.words()),
      stopServices: async () => (await Promise.all(pair.map((service) => service.stop()))).flat(),
      close: () => closers.closeAll(),
    };
  }
}

/** Gives a channel a mode of its own. */
async function pushes(url: string, channel: string): Promise<void> {
  const answer = await fetch(`${url}/v1/channels/${channel}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${environment.API_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ relayMode: "media-push" }),
  });
  if (!answer.ok) throw new Error(`the service answered ${answer.status} to a registration: ${await answer.text()}`);
}
