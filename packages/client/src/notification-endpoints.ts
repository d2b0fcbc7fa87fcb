import { type CallOptions, dataOf, type FetchClient, type Query } from "./calls.ts";
import type { NewNotificationEndpoint, NotificationEndpointChange } from "./openapi.ts";

/** Which addresses of the app are told, and how that goes. Each needs a key with the scope `admin`. */
export function notificationEndpoints({ GET, POST, PATCH, DELETE }: FetchClient) {
  const ofEndpoint = (id: string) => ({ path: { id } });

  return {
    /** Has an address told from now on. Keep the answer's `secret`: it is not shown again. */
    createNotificationEndpoint: (endpoint: NewNotificationEndpoint, options: CallOptions = {}) =>
      dataOf(POST("/v1/notification-endpoints", { ...options, body: endpoint })),
    listNotificationEndpoints: (options: CallOptions = {}) => dataOf(GET("/v1/notification-endpoints", { ...options })),
    getNotificationEndpoint: (id: string, options: CallOptions = {}) =>
      dataOf(GET("/v1/notification-endpoints/{id}", { ...options, params: ofEndpoint(id) })),
    /** Changes what is given; null clears. */
    changeNotificationEndpoint: (id: string, change: NotificationEndpointChange, options: CallOptions = {}) =>
      dataOf(PATCH("/v1/notification-endpoints/{id}", { ...options, params: ofEndpoint(id), body: change })),
    /** Forgets an endpoint, with its deliveries. */
    deleteNotificationEndpoint: async (id: string, options: CallOptions = {}): Promise<void> => {
      await DELETE("/v1/notification-endpoints/{id}", { ...options, params: ofEndpoint(id) });
    },
    /** Gives an endpoint a new secret; the one before signs beside it for a day. */
    rotateNotificationSecret: (id: string, options: CallOptions = {}) =>
      dataOf(POST("/v1/notification-endpoints/{id}/rotate-secret", { ...options, params: ofEndpoint(id) })),
    /** Sends an endpoint a `tally.test`. */
    testNotificationEndpoint: (id: string, options: CallOptions = {}) =>
      dataOf(POST("/v1/notification-endpoints/{id}/test", { ...options, params: ofEndpoint(id) })),
    /** A page of an endpoint's deliveries, newest first; `next` is the next page's `after`. */
    listNotificationDeliveries: (
      id: string,
      query: Query<"listNotificationDeliveries"> = {},
      options: CallOptions = {},
    ) =>
      dataOf(GET("/v1/notification-endpoints/{id}/deliveries", { ...options, params: { ...ofEndpoint(id), query } })),
  };
}
