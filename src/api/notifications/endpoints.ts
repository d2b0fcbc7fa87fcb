import {
  changeEndpoint,
  checkEndpointUrl,
  createEndpoint,
  deleteEndpoint,
  type Endpoint,
  findEndpoint,
  listEndpoints,
  rotateSecret,
  sendTest,
  UrlRefused,
} from "../../notifications/index.ts";
import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { Problem } from "../problem.ts";
import { invalidRequest, readInput } from "../read-input.ts";
import { noMembers } from "../schemas.ts";
import { type EndpointAnswer, endpointChange, newEndpoint } from "./schemas.ts";

/** The secret is in this answer and in no other. */
export async function postEndpoint(api: Api, { body = {} }: Call): Promise<Answer> {
  const wanted = readInput(newEndpoint, body);
  const url = await checkUrl(api, wanted.url);
  const { endpoint, secret } = await createEndpoint(api, api.vault, { ...wanted, url });
  const location = `/v1/notification-endpoints/${endpoint.id}`;
  return { status: 201, headers: { location }, body: { ...toEndpointAnswer(endpoint), secret } };
}

export async function getEndpoints(api: Api): Promise<Answer> {
  const endpoints = await listEndpoints(api, api.vault);
  return { status: 200, body: { items: endpoints.map(toEndpointAnswer) } };
}

export async function getEndpoint(api: Api, call: Call): Promise<Answer> {
  return { status: 200, body: toEndpointAnswer(await readEndpoint(api, call)) };
}

export async function patchEndpoint(api: Api, { params: { id = "" }, body = {} }: Call): Promise<Answer> {
  const change = readInput(endpointChange, body);
  const url = change.url === undefined ? undefined : await checkUrl(api, change.url);
  const endpoint = await changeEndpoint(api, api.vault, storable(id), { ...change, url });
  if (endpoint === null) throw unknownEndpoint(id);
  api.onNotified();
  return { status: 200, body: toEndpointAnswer(endpoint) };
}

export async function removeEndpoint(api: Api, { params: { id = "" } }: Call): Promise<Answer> {
  if (!(await deleteEndpoint(api, storable(id)))) throw unknownEndpoint(id);
  return { status: 204 };
}

export async function postRotation(api: Api, { params: { id = "" }, body = {} }: Call): Promise<Answer> {
  readInput(noMembers, body);
  const rotated = await rotateSecret(api, api.vault, storable(id));
  if (rotated === null) throw unknownEndpoint(id);
  api.onNotified();
  return { status: 200, body: { ...toEndpointAnswer(rotated.endpoint), secret: rotated.secret } };
}

/** Accepted once it waits to be sent: how that went is among the deliveries. */
export async function postTest(api: Api, call: Call): Promise<Answer> {
  readInput(noMembers, call.body ?? {});
  const { id, enabled } = await readEndpoint(api, call);
  const notificationId = enabled ? await sendTest(api, id) : null;
  if (notificationId === null) {
    throw new Problem("endpoint_disabled", `Endpoint ${id} is disabled: enable it with PATCH {"enabled": true} first.`);
  }
  api.onNotified();
  return { status: 202, body: { notificationId } };
}

/** @throws {Problem} `endpoint_unknown` if the path names none */
export async function readEndpoint(api: Api, { params: { id = "" } }: Call): Promise<Endpoint> {
  const endpoint = await findEndpoint(api, api.vault, storable(id));
  if (endpoint === null) throw unknownEndpoint(id);
  return endpoint;
}

/** What can't be an id is nobody's: Postgres refuses a NUL. */
function storable(id: string): string {
  return /^\w+$/.test(id) ? id : "";
}

function unknownEndpoint(id: string): Problem {
  return new Problem("endpoint_unknown", `There is no notification endpoint ${JSON.stringify(id)}.`);
}

async function checkUrl({ urlRules }: Api, text: string): Promise<string> {
  try {
    return await checkEndpointUrl(text, urlRules);
  } catch (error) {
    throw error instanceof UrlRefused ? invalidRequest([{ path: "url", message: error.message }]) : error;
  }
}

function toEndpointAnswer(endpoint: Endpoint): EndpointAnswer {
  const iso = (time: Date | null) => time?.toISOString() ?? null;
  return {
    id: endpoint.id,
    url: endpoint.url,
    events: endpoint.events,
    description: endpoint.description,
    enabled: endpoint.enabled,
    disabledAt: iso(endpoint.disabledAt),
    disabledReason: endpoint.disabledReason,
    failingSince: iso(endpoint.failingSince),
    lastDeliveredAt: iso(endpoint.lastDeliveredAt),
    previousSecretUntil: iso(endpoint.previousSecretUntil),
    problem: endpoint.problem,
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
  };
}
