import type { Hosts } from "../failover.ts";

export type AgoraRegion = "NA" | "EU" | "AP" | "CN";

/**
 * Where Agora's REST API is (Agora docs: ensure-service-reliability, domain name table). First the name that Agora resolves
 * to the nearest place, then the region's own two places, each under both domains. Which place is next to ours isn't
 * known: the region where Agora records stands for it, as in Agora's own clients.
 *
 * @param apiUrls - `AGORA_API_URL`: exactly these, in this order, instead; one means that nothing is tried elsewhere
 */
export function agoraHosts({ apiUrls, region }: { apiUrls: readonly string[]; region: AgoraRegion }): Hosts {
  if (apiUrls.length > 0) return apiUrls.map((url) => [url]);
  return ["api", ...places[region]].map((name) => domains(region).map((domain) => `https://${name}.${domain}`));
}

const places: Readonly<Record<AgoraRegion, readonly string[]>> = {
  NA: ["api-us-west-1", "api-us-east-1"],
  EU: ["api-eu-west-1", "api-eu-central-1"],
  AP: ["api-ap-southeast-1", "api-ap-northeast-1"],
  CN: ["api-cn-east-1", "api-cn-north-1"],
};

function domains(region: AgoraRegion): readonly string[] {
  return region === "CN" ? ["sd-rtn.com", "agora.io"] : ["agora.io", "sd-rtn.com"];
}
