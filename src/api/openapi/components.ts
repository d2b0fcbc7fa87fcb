import { z } from "zod";

import { metricsAnswer } from "../metrics-schemas.ts";
import {
  deliveryAnswer,
  deliveryListAnswer,
  endpointAnswer,
  endpointChange,
  endpointListAnswer,
  endpointSecretAnswer,
  newEndpoint,
  testAnswer,
} from "../notifications/schemas.ts";
import {
  channelAnswer,
  channelListAnswer,
  figuresAnswer,
  healthAnswer,
  noMembers,
  openApiAnswer,
  problemAnswer,
  problemCode,
  readinessAnswer,
  registration,
  statusTokenAnswer,
} from "../schemas.ts";
import { costAnswer, sessionAnswer, sessionListAnswer, videoAnswer } from "../sessions/schemas.ts";
import { callAnswer, timelineAnswer, timelineEntryAnswer } from "../sessions/timeline-schemas.ts";
import { reasonAnswer, reasonCode, relayMode, statusAnswer } from "../status-schema.ts";
import { channelExample, metricsExample, problemExample, sessionExample, statusExample } from "./examples.ts";
import { operatorAnswers, operatorRequests } from "./operator-components.ts";
import { timelineExample } from "./timeline-example.ts";

export type JsonSchema = Record<string, unknown>;

export interface Component {
  schema: z.ZodType;
  /** Its name in the document, and so of the type that a generator makes of it. */
  id: string;
  description: string;
  examples?: readonly unknown[];
}

/** What answers hold. */
export const answers: readonly Component[] = [
  {
    schema: statusAnswer,
    id: "Status",
    description: "Am I live, and if not, why not. Times are ISO 8601 in UTC.",
    examples: [statusExample],
  },
  {
    schema: statusTokenAnswer,
    id: "StatusToken",
    description: "Reads one channel's status and nothing else.",
    examples: [
      { token: "eyJhbGciOiJIUzI1NiIsInR5cCI6InRhbGx5LXN0YXR1cytqd3QifQ.e30.c2ln", expiresAt: statusExample.updatedAt },
    ],
  },
  { schema: reasonAnswer, id: "Reason", description: "Why a channel is not as the seller wants it." },
  { schema: reasonCode, id: "ReasonCode", description: "A code keeps its meaning; more may come." },
  { schema: relayMode, id: "RelayMode", description: "What carries the picture from Agora to Cloudflare." },
  {
    schema: channelAnswer,
    id: "Channel",
    description: "How a channel is registered, and the essence of its status.",
    examples: [channelExample],
  },
  {
    schema: channelListAnswer,
    id: "ChannelList",
    description: "One page of channels.",
    examples: [{ items: [channelExample], next: null }],
  },
  {
    schema: sessionAnswer,
    id: "Session",
    description: "One broadcast, from its first wish for a recorder until its end.",
    examples: [sessionExample],
  },
  {
    schema: sessionListAnswer,
    id: "SessionList",
    description: "One page of a channel's sessions.",
    examples: [{ items: [sessionExample], next: null }],
  },
  {
    schema: timelineAnswer,
    id: "Timeline",
    description:
      "What happened in a session and why. `clocks` says how much later than its own time a provider's word came, by our clock.",
    examples: [timelineExample],
  },
  {
    schema: timelineEntryAnswer,
    id: "TimelineEntry",
    description:
      "One thing that happened. `lane` is what it is about, `tone` whether it was good. `untilAt` is the end of what was " +
      "waited for, `skewMs` how much later than `occurredAt`, by the provider's clock, we learnt it.",
  },
  {
    schema: callAnswer,
    id: "ProviderCall",
    description: "A call of a provider, without secrets; `outcome` is null until it has ended.",
  },
  { schema: videoAnswer, id: "Video", description: "What Cloudflare made of a broadcast." },
  {
    schema: metricsAnswer,
    id: "Metrics",
    description:
      "Of each step with a sample the most viewers, null where none has a number, and how the relay was at its end. " +
      "`agoraViewers` are the audience in the app, `hlsViewers` the players at Cloudflare.",
    examples: [metricsExample],
  },
  { schema: costAnswer, id: "Cost", description: "An estimate by the prices of the settings." },
  { schema: endpointAnswer, id: "NotificationEndpoint", description: "An address of the app's that is told." },
  {
    schema: endpointSecretAnswer,
    id: "NotificationEndpointWithSecret",
    description: "With the secret that was just made.",
  },
  { schema: endpointListAnswer, id: "NotificationEndpointList", description: "All endpoints." },
  { schema: testAnswer, id: "NotificationTest", description: "A test that is being sent." },
  { schema: deliveryAnswer, id: "NotificationDelivery", description: "A notification on its way to one endpoint." },
  { schema: deliveryListAnswer, id: "NotificationDeliveryList", description: "One page of an endpoint's deliveries." },
  ...operatorAnswers,
  {
    schema: problemAnswer,
    id: "Problem",
    description: "Why a request was refused or failed (RFC 9457).",
    examples: [problemExample],
  },
  { schema: problemCode, id: "ProblemCode", description: "A code keeps its meaning; more may come." },
  { schema: openApiAnswer, id: "OpenApi", description: "A document of OpenAPI." },
  { schema: healthAnswer, id: "Health", description: "The process is up.", examples: [{ status: "ok" }] },
  {
    schema: readinessAnswer,
    id: "Readiness",
    description: "Whether the process can do its work, and what keeps it from it.",
    examples: [{ status: "ready", checks: { database: "ok", schema: "ok", worker: "ok" } }],
  },
  {
    schema: figuresAnswer,
    id: "Figures",
    description: "Figures in Prometheus's text format.",
    examples: ["# HELP tally_db_channels_live Channels that are live\n# TYPE tally_db_channels_live gauge\n"],
  },
];

/** What requests hold. */
export const requests: readonly Component[] = [
  {
    schema: registration,
    id: "Registration",
    description: "Null clears, a missing member stays as it is.",
    examples: [{ hostUserId: "seller-7", hostUid: 1001, relayMode: null }],
  },
  {
    schema: newEndpoint,
    id: "NewNotificationEndpoint",
    description: "Without events, all are told.",
    examples: [{ url: "https://shop.example.com/tally", events: ["live.started", "live.ended"] }],
  },
  {
    schema: endpointChange,
    id: "NotificationEndpointChange",
    description: "Null clears, a missing member stays as it is.",
    examples: [{ enabled: true }],
  },
  ...operatorRequests,
  { schema: noMembers, id: "NoMembers", description: "The address says everything.", examples: [{}] },
];

/** The components' schemas by their names. */
export function describeComponents(): Record<string, JsonSchema> {
  return { ...describe(answers, "output"), ...describe(requests, "input") };
}

/** Where a component stands. @throws if the schema is none */
export function refTo(schema: z.ZodType): JsonSchema {
  const component = [...answers, ...requests].find((candidate) => candidate.schema === schema);
  if (component === undefined) throw new Error("This schema has no name in the document: add it to the components");
  return { $ref: uriOf(component.id) };
}

function describe(components: readonly Component[], io: "input" | "output"): Record<string, JsonSchema> {
  const named = z.registry<{ id: string }>();
  for (const { schema, id } of components) named.add(schema, { id });
  const { schemas } = z.toJSONSchema(named, { uri: uriOf, io, override: ({ jsonSchema }) => tidy(jsonSchema, io) });
  return Object.fromEntries(
    components.map(({ id, description, examples }) => {
      const { $schema: _, $id: __, ...schema } = schemas[id] ?? {};
      return [id, { description, ...schema, ...(examples === undefined ? {} : { examples }) }];
    }),
  );
}

function tidy(schema: JsonSchema, io: "input" | "output"): void {
  // What is answered may get more members: who checks answers must not refuse those.
  if (io === "output" && schema.additionalProperties === false) delete schema.additionalProperties;
  // The format says it, in fewer than 400 characters.
  if (schema.format !== undefined) delete schema.pattern;
  // Zod's, of every whole number.
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

function uriOf(id: string): string {
  return `#/components/schemas/${id}`;
}
