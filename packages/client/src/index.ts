export { createTallyClient, type TallyClient } from "./client.ts";
export type {
  Channel,
  ChannelList,
  Cost,
  Metrics,
  NewNotificationEndpoint,
  NotificationDelivery,
  NotificationDeliveryList,
  NotificationEndpoint,
  NotificationEndpointChange,
  NotificationEndpointList,
  NotificationEndpointWithSecret,
  NotificationTest,
  Reason,
  ReasonCode,
  Registration,
  RelayMode,
  Session,
  SessionList,
  Status,
  StatusToken,
  Video,
} from "./openapi.ts";
export { type ProblemCode, TallyProblem, UnexpectedAnswer } from "./problem.ts";
export type { ClientOptions } from "./request.ts";
export type { ConnectionState, ReconnectPolicy, WatchOptions } from "./watch-status.ts";
