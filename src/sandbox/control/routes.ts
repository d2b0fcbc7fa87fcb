import { Router } from "express";
import { z } from "zod";

import { type Call, explain, toCall, write } from "../http/index.ts";
import { type Answer, ControlRefused, Refused } from "../refused.ts";
import { settingsChange } from "../settings.ts";
import { channelNamePattern, type Role } from "../world/index.ts";
import {
  crashBody,
  crashConverterBody,
  crowdBody,
  faultsBody,
  inputErrorBody,
  joinBody,
  leaveBody,
  nothing,
  roleBody,
  viewersBody,
} from "./bodies.ts";
import type { SandboxControl } from "./control.ts";

/**
 * The control API. Answers 200 with what there is to tell, or 400, 404 or 409 with `{ error }`, a sentence that says
 * what is wrong.
 */
export function controlRoutes(control: SandboxControl): Router {
  const router = Router();
  const roles: Record<string, Role> = { hosts: "host", audience: "audience" };

  function post<T>(path: string, schema: z.ZodType<T>, act: (call: Call, body: T) => unknown): void {
    router.post(path, (request, response) => {
      write(response, answer(toCall(request), schema, act));
    });
  }

  for (const [folder, role] of Object.entries(roles)) {
    const person = `/channels/:channel/${folder}/:uid`;
    post(`${person}/join`, joinBody, ({ params }, options) =>
      control.join(channel(params), uid(params), role, options),
    );
    post(`${person}/leave`, leaveBody, ({ params }, { reason }) =>
      control.leave(channel(params), uid(params), role, reason),
    );
    post(`${person}/role`, roleBody, ({ params }, { role: next }) =>
      control.switchRole(channel(params), uid(params), next),
    );
  }

  post("/channels/:channel/crowd", crowdBody, ({ params }, crowd) => control.crowd(channel(params), crowd));
  post("/recorders/:sid/crash", crashBody, ({ params }, options) => control.crash(params.sid ?? "", options));
  post("/recorders/:sid/failover", nothing, ({ params }) => control.failOver(params.sid ?? ""));
  post("/recorders/:sid/push-drop", nothing, ({ params }) => control.dropPush(params.sid ?? ""));
  post("/recorders/:sid/push-recover", nothing, ({ params }) => control.recoverPush(params.sid ?? ""));
  post("/converters/:id/crash", crashConverterBody, ({ params }, options) =>
    control.crashConverter(params.id ?? "", options),
  );
  post("/converters/:id/failover", nothing, ({ params }) => control.failOverConverter(params.id ?? ""));
  post("/converters/:id/push-drop", nothing, ({ params }) => control.dropConverterPush(params.id ?? ""));
  post("/converters/:id/push-recover", nothing, ({ params }) => control.recoverConverterPush(params.id ?? ""));
  post("/inputs/:uid/error", inputErrorBody, ({ params }, error) => control.failInput(params.uid ?? "", error));
  post("/inputs/:uid/viewers", viewersBody, ({ params }, { viewers }) => control.setViewers(params.uid ?? "", viewers));
  post("/faults", faultsBody, (_call, faults) => control.planFaults(...faults));
  post("/faults/clear", nothing, () => control.clearFaults());
  post("/settings", settingsChange, (_call, change) => control.changeSettings(change));
  post("/reset", nothing, () => control.reset());

  router.get("/record", (_request, response) => write(response, { status: 200, body: control.record() }));
  router.get("/state", (_request, response) => write(response, { status: 200, body: control.state() }));
  router.use((request, response) => {
    const error = `there is no ${request.method} ${request.originalUrl}; src/sandbox/README.md lists the control calls`;
    write(response, { status: 404, body: { error } });
  });
  return router;
}

function answer<T>(call: Call, schema: z.ZodType<T>, act: (call: Call, body: T) => unknown): Answer {
  try {
    return { status: 200, body: act(call, readBody(call.text, schema)) ?? { done: true } };
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    throw error;
  }
}

function readBody<T>(text: string, schema: z.ZodType<T>): T {
  let body: unknown;
  try {
    body = text === "" ? {} : JSON.parse(text);
  } catch {
    throw new ControlRefused(400, "the body is not JSON");
  }
  const result = schema.safeParse(body);
  if (!result.success) throw new ControlRefused(400, explain(result.error));
  return result.data;
}

const uidSchema = z.coerce
  .number()
  .int()
  .min(1)
  .max(2 ** 32 - 1);

function uid(params: Call["params"]): number {
  const result = uidSchema.safeParse(params.uid);
  if (!result.success) throw new ControlRefused(400, "the uid in the path must be an integer from 1 to 4294967295");
  return result.data;
}

function channel({ channel = "" }: Call["params"]): string {
  if (channelNamePattern.test(channel)) return channel;
  throw new ControlRefused(400, "the channel in the path must have 1 to 64 characters of those that Agora allows");
}
