import type { RecordingRegion } from "./config.ts";

export interface StorageVendor {
  name: string;
  /** Agora's numbers of its regions, by the part of the world; empty if Agora needs none and takes any. */
  regions: Partial<Record<RecordingRegion | "elsewhere", Readonly<Record<number, string>>>>;
}

/** Agora's number of Amazon S3, the only one for which a region is needed beside Agora: to find its STS. */
export const amazonS3 = 1;
/** Agora's number of any other S3, which alone has an endpoint (Agora docs: `storageConfig.extensionParams`). */
export const otherS3 = 11;

/**
 * The storages that Agora writes to, by its numbers (Agora docs: cloud-recording/reference/region-vendor and
 * rest-api/start). Which part of the world a region is in is told by its name; Hong Kong is not mainland China.
 */
export const storageVendors: Readonly<Record<number, StorageVendor>> = {
  [amazonS3]: {
    name: "Amazon S3",
    regions: {
      NA: { 0: "US_EAST_1", 1: "US_EAST_2", 2: "US_WEST_1", 3: "US_WEST_2", 13: "CA_CENTRAL_1" },
      EU: {
        ...{ 4: "EU_WEST_1", 5: "EU_WEST_2", 6: "EU_WEST_3", 7: "EU_CENTRAL_1" },
        ...{ 21: "EU_NORTH_1", 25: "EU_SOUTH_1" },
      },
      AP: {
        ...{ 8: "AP_SOUTHEAST_1", 9: "AP_SOUTHEAST_2", 10: "AP_NORTHEAST_1", 11: "AP_NORTHEAST_2" },
        ...{ 14: "AP_SOUTH_1", 19: "AP_EAST_1", 20: "AP_NORTHEAST_3", 24: "AP_SOUTHEAST_3" },
      },
      CN: { 15: "CN_NORTH_1", 16: "CN_NORTHWEST_1" },
      elsewhere: { 12: "SA_EAST_1", 18: "AF_SOUTH_1", 22: "ME_SOUTH_1" },
    },
  },
  2: {
    name: "Alibaba Cloud",
    regions: {
      NA: { 8: "US_West_1", 9: "US_East_1" },
      EU: { 16: "EU_Central_1", 17: "EU_West_1" },
      AP: {
        ...{ 7: "CN_Hongkong", 10: "AP_Southeast_1", 11: "AP_Southeast_2", 12: "AP_Southeast_3" },
        ...{ 13: "AP_Southeast_5", 14: "AP_Northeast_1", 15: "AP_South_1", 19: "AP_Southeast_6" },
      },
      CN: {
        ...{ 0: "CN_Hangzhou", 1: "CN_Shanghai", 2: "CN_Qingdao", 3: "CN_Beijing", 4: "CN_Zhangjiakou" },
        ...{ 5: "CN_Huhehaote", 6: "CN_Shenzhen", 20: "CN_Heyuan", 21: "CN_Guangzhou", 22: "CN_Chengdu" },
        ...{ 23: "CN_Nanjing", 24: "CN_Fuzhou", 25: "CN_Wulanchabu", 26: "CN_Northeast_2" },
      },
      // Their names leave open where they are.
      elsewhere: { 18: "EU_East_1", 27: "CN_Southeast_7" },
    },
  },
  3: {
    name: "Tencent Cloud",
    regions: {
      NA: { 15: "NA_Siliconvalley", 16: "NA_Ashburn", 17: "NA_Toronto" },
      EU: { 18: "EU_Frankfurt", 19: "EU_Moscow" },
      AP: {
        ...{ 9: "AP_Hongkong", 10: "AP_Singapore", 11: "AP_Mumbai", 12: "AP_Seoul", 13: "AP_Bangkok" },
        ...{ 14: "AP_Tokyo" },
      },
      CN: {
        ...{ 0: "AP_Beijing_1", 1: "AP_Beijing", 2: "AP_Shanghai", 3: "AP_Guangzhou", 4: "AP_Chengdu" },
        ...{ 5: "AP_Chongqing", 6: "AP_Shenzhen_FSI", 7: "AP_Shanghai_FSI", 8: "AP_Beijing_FSI" },
      },
    },
  },
  5: { name: "Microsoft Azure", regions: {} },
  6: { name: "Google Cloud", regions: {} },
  7: {
    name: "Huawei Cloud",
    regions: {
      AP: { 6: "AP_Southeast_1", 7: "AP_Southeast_2", 8: "AP_Southeast_3" },
      CN: {
        ...{ 0: "CN_North_1", 1: "CN_North_4", 2: "CN_East_2", 3: "CN_East_3" },
        ...{ 4: "CN_South_1", 5: "CN_Southwest_2" },
      },
      elsewhere: {
        ...{ 9: "AF_South_1", 10: "SA_Argentina_1", 11: "SA_Peru_1", 12: "NA_Mexico_1" },
        ...{ 13: "SA_Brazil_1", 14: "LA_South_2", 15: "SA_Chile_1" },
      },
    },
  },
  8: {
    name: "Baidu Smart Cloud",
    regions: {
      AP: { 4: "Hongkong", 5: "Singapore" },
      CN: { 1: "Baoding", 2: "Suzhou", 3: "Guangzhou", 6: "Wuhan", 7: "Shanghai" },
    },
  },
  [otherS3]: { name: "any other S3", regions: {} },
};

/** The vendor's regions by number; none if it has none to choose from. */
export function regionsOf(vendor: number): Readonly<Record<number, string>> {
  return Object.assign({}, ...Object.values(storageVendors[vendor]?.regions ?? {})) as Record<number, string>;
}

/** The part of the world that a region is in; null where no region of Agora's covers it, or none is known. */
export function partOfWorld(vendor: number, region: number): RecordingRegion | null {
  const parts = Object.entries(storageVendors[vendor]?.regions ?? {});
  const found = parts.find(([, regions]) => region in regions)?.[0] ?? "elsewhere";
  return found === "elsewhere" ? null : (found as RecordingRegion);
}

/** `0 (US_EAST_1), 1 (US_EAST_2), …` */
export function inWords(names: Readonly<Record<number, string>>): string {
  return Object.entries(names)
    .map(([number, name]) => `${number} (${name})`)
    .join(", ");
}
