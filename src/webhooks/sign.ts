/** The door for whoever sends webhooks and receives none: the sandbox, the CLI, tests. */
export { signAgora } from "./agora/sign.ts";
export { signCloudflareNotification } from "./cloudflare/notification/sign.ts";
export { signCloudflareVideo } from "./cloudflare/video/sign.ts";
