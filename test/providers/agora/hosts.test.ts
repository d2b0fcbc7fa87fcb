import { expect, it } from "vitest";

import { agoraHosts } from "../../../src/providers/index.ts";

it.each([
  ["NA", "us-west-1", "us-east-1"],
  ["EU", "eu-west-1", "eu-central-1"],
  ["AP", "ap-southeast-1", "ap-northeast-1"],
] as const)(
  "%s: the nearest, then the region's two places, under agora.io and else sd-rtn.com",
  (region, first, second) => {
    expect(agoraHosts({ apiUrls: [], region })).toEqual([
      ["https://api.agora.io", "https://api.sd-rtn.com"],
      [`https://api-${first}.agora.io`, `https://api-${first}.sd-rtn.com`],
      [`https://api-${second}.agora.io`, `https://api-${second}.sd-rtn.com`],
    ]);
  },
);

it("CN: the same under sd-rtn.com and else agora.io", () => {
  expect(agoraHosts({ apiUrls: [], region: "CN" })).toEqual([
    ["https://api.sd-rtn.com", "https://api.agora.io"],
    ["https://api-cn-east-1.sd-rtn.com", "https://api-cn-east-1.agora.io"],
    ["https://api-cn-north-1.sd-rtn.com", "https://api-cn-north-1.agora.io"],
  ]);
});

it("exactly the URLs that are configured, each a place of its own", () => {
  const apiUrls = ["http://127.0.0.1:1/agora", "http://127.0.0.1:2/agora"];
  expect(agoraHosts({ apiUrls, region: "NA" })).toEqual([[apiUrls[0]], [apiUrls[1]]]);
});
