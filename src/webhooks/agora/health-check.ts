/**
 * Whether this is of the "Check" button in Agora's console, which sends every subscribed event for a channel and a user
 * that don't exist. Events without a user (101, 102) are told by the channel alone. Agora docs:
 * enable-notification-center-service.
 */
export function isHealthCheck(channel: unknown, uid: unknown): boolean {
  return channel === "test_webhook" && [undefined, null, 12121212, "12121212"].includes(uid as number);
}
