import { isPublicAddress } from "../notifications/index.ts";

/**
 * Why providers can't reach an address of ours, as far as the address itself tells; a name may lead anywhere.
 *
 * @returns null if nothing speaks against it
 */
export function whyUnreachable(publicUrl: string): string | null {
  const { protocol, hostname, port } = new URL(publicUrl);
  const host = hostname.replace(/^\[|\]$/g, "");
  if (host === "localhost" || host.startsWith("127.") || host === "::1") {
    return `PUBLIC_URL is ${publicUrl}, this machine alone: Agora and Cloudflare can't reach it`;
  }
  const isAddress = host.includes(":") || /^[\d.]+$/.test(host);
  if (isAddress && !isPublicAddress(host)) {
    return `PUBLIC_URL is ${publicUrl}, an address of a private network: Agora and Cloudflare can't reach it`;
  }
  // Cloudflare docs: notifications/get-started/configure-webhooks; Agora's NCS takes https alone.
  if (port !== "") return `PUBLIC_URL has the port ${port}: Cloudflare sends its notifications to 80 and 443 only`;
  return protocol === "https:" ? null : "PUBLIC_URL is http: Agora sends its notifications over https only";
}
