import type { CallError } from "../../providers/index.ts";

/** What the API token needs, by what is done with it. */
const permissions = {
  stream: '"Stream: Edit"',
  notifications: '"Notifications: Edit"',
} as const;

/** A refusal of Cloudflare's, with what to do about it. */
export function refusalWords({ status, code, message }: CallError, of: keyof typeof permissions): string {
  const said = `${message}${code === null ? "" : ` (code ${code})`}`;
  if (status === null) {
    return `Cloudflare gave no answer: ${message}. Is CLOUDFLARE_API_URL right, and may this machine go out?`;
  }
  if (status === 401 || code === 1000) {
    return `Cloudflare doesn't know the token: ${said}. Make one in the dashboard (My Profile or Manage Account, API Tokens) and set CLOUDFLARE_STREAM_API_TOKEN.`;
  }
  if (status === 403 && code === 10002) {
    return `The account has no Stream subscription: ${said}. Buy one in the dashboard.`;
  }
  if (status === 403) {
    const plan =
      of === "notifications" ? " Webhook destinations may also need a zone on a paid plan in the account." : "";
    return (
      `Cloudflare refused: ${said}. The token needs the account permission ${permissions[of]} for the account of ` +
      `CLOUDFLARE_STREAM_ACCOUNT_ID.${plan}`
    );
  }
  if (/webhook test failed/i.test(message)) {
    return (
      `Cloudflare tried the URL and got no good answer: ${said}. The service must run there first, with the same ` +
      "CLOUDFLARE_NOTIFICATION_SECRET, and be reachable from outside."
    );
  }
  if (status === 429) return `Cloudflare asks for a pause: ${said}. Try again in five minutes.`;
  return `Cloudflare answered ${status}: ${said}.`;
}
