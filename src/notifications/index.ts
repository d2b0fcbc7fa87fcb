export {
  addDeliveries,
  type Delivery,
  type DeliveryFilter,
  type DeliveryStatus,
  deliveryStatuses,
  findNotification,
  listDeliveries,
  sendAgain,
  type StoredNotification,
} from "./deliveries.ts";
export { checkEndpointUrl, UrlRefused, type UrlRules, withoutQuery } from "./endpoint-url.ts";
export {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  type Endpoint,
  type EndpointChange,
  findEndpoint,
  listEndpoints,
  rotateSecret,
  type WithSecret,
} from "./endpoints.ts";
export { createNotifier, type Notifier } from "./notifier.ts";
export { type NewAnnouncement, recordAnnouncements } from "./record.ts";
export { sendTest } from "./send-test.ts";
export { announcementTypes, type NotificationType } from "./types.ts";
export { createVault, type Vault } from "./vault.ts";
