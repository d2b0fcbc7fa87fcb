import {
  deliveryListAnswer,
  deliveryListQuery,
  endpointAnswer,
  endpointChange,
  endpointListAnswer,
  endpointPath,
  endpointSecretAnswer,
  newEndpoint,
  testAnswer,
} from "../notifications/schemas.ts";
import { noMembers } from "../schemas.ts";
import type { Operation } from "./operation.ts";

const tag = "Notifications";
const ofOne = { tag, path: endpointPath, problems: ["endpoint_unknown"] } as const;

export const notificationOperations: Readonly<Record<string, Operation>> = {
  "post /v1/notification-endpoints": {
    operationId: "createNotificationEndpoint",
    tag,
    summary: "Have an address told",
    description: "The answer has the secret that its notifications are signed with, and is the only one that has it.",
    body: newEndpoint,
    answers: {
      201: {
        description: "It is told from now on.",
        schema: endpointSecretAnswer,
        headers: { Location: "Its address." },
      },
    },
  },
  "get /v1/notification-endpoints": {
    operationId: "listNotificationEndpoints",
    tag,
    summary: "List the addresses that are told",
    answers: { 200: { description: "All of them.", schema: endpointListAnswer } },
  },
  "get /v1/notification-endpoints/{id}": {
    operationId: "getNotificationEndpoint",
    ...ofOne,
    summary: "Read one of them",
    answers: { 200: { description: "The endpoint.", schema: endpointAnswer } },
  },
  "patch /v1/notification-endpoints/{id}": {
    operationId: "changeNotificationEndpoint",
    ...ofOne,
    summary: "Change one, or switch it off and on",
    description: "What waits for it is sent when it is enabled again; nothing new waits for a disabled one.",
    body: endpointChange,
    answers: { 200: { description: "The endpoint.", schema: endpointAnswer } },
  },
  "delete /v1/notification-endpoints/{id}": {
    operationId: "deleteNotificationEndpoint",
    ...ofOne,
    summary: "Forget one, with its deliveries",
    answers: { 204: { description: "It is gone." } },
  },
  "post /v1/notification-endpoints/{id}/rotate-secret": {
    operationId: "rotateNotificationSecret",
    ...ofOne,
    summary: "Give one a new secret",
    description: "The one before signs beside it for a day.",
    body: noMembers,
    answers: { 200: { description: "The endpoint with its new secret.", schema: endpointSecretAnswer } },
  },
  "post /v1/notification-endpoints/{id}/test": {
    operationId: "testNotificationEndpoint",
    ...ofOne,
    summary: "Send one a test",
    description: "A `tally.test`; how it went is among the deliveries.",
    body: noMembers,
    answers: { 202: { description: "It is being sent.", schema: testAnswer } },
    problems: ["endpoint_unknown", "endpoint_disabled"],
  },
  "get /v1/notification-endpoints/{id}/deliveries": {
    operationId: "listNotificationDeliveries",
    ...ofOne,
    summary: "List one's deliveries with their attempts, newest first",
    query: deliveryListQuery,
    answers: { 200: { description: "One page.", schema: deliveryListAnswer } },
  },
};
