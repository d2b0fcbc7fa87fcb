export { type AgoraSenders, createAgoraSenders } from "./agora/senders.ts";
export { agoraSubscriptions } from "./agora/subscriptions.ts";
export { readVideo } from "./cloudflare/video/read-video.ts";
export { describeType, eventTypes, noteBeside } from "./event-types.ts";
export { interpret } from "./interpret.ts";
export type { Interpretation } from "./interpretation.ts";
export { renameUser } from "./rename-user.ts";
export { createWebhookRouter, type Received, type WebhookRouterOptions } from "./router.ts";
export { signAgora, signCloudflareNotification, signCloudflareVideo } from "./sign.ts";
