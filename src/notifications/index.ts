export {
  addDeliveries,
  type Delivery,
  type DeliveryFilter,
  deliveryStatuses,
  findNotification,
  listDeliveries,
  sendAgain,
} from "./deliveries.ts";
export { checkEndpointUrl, UrlRefused, type UrlRules, withoutQuery } from "./endpoint-url.ts";
export {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  type Endpoint,
  findEndpoint,
  listEndpoints,
  rotateSecret,
} from "./endpoints.ts";
export { createNotifier, type Notifier } from "./notifier.ts";
export { isPublicAddress } from "./public-address.ts";
export { type NewAnnouncement, recordAnnouncements } from "./record.ts";
export { sendTest } from "./send-test.ts";
export { announcementTypes, type NotificationType } from "./types.ts";
export { createVault, type Vault } from "./vault.ts";
