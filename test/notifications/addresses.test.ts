import type { LookupFunction } from "node:net";

import { describe, expect, it } from "vitest";

import { checkEndpointUrl } from "../../src/notifications/index.ts";
import { post } from "../../src/notifications/post.ts";
import { isPublicAddress } from "../../src/notifications/public-address.ts";
import { startReceiver } from "./receiver.ts";
import { useWorld } from "./world.ts";

/** Resolves every name to these in turn, the last one for ever. */
const resolving =
  (...addresses: string[]): LookupFunction =>
  (_name, _options, callback) => {
    const address = (addresses.length > 1 ? addresses.shift() : addresses[0]) ?? "";
    callback(null, [{ address, family: address.includes(":") ? 6 : 4 }]);
  };
const strict = { allowPrivate: false, production: false };

describe("an address", () => {
  it.each(["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])("%s is public", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ...["127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1"],
    ...["255.255.255.255", "192.0.2.1", "168.63.129.16", "::1", "::", "fe80::1", "fd00:ec2::254", "ff02::1"],
    ...["::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"],
    ...["not an address", ""],
  ])("%s is not", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("an endpoint's URL", () => {
  it.each([
    ["ftp://shop.example.com/", "must be an address like"],
    ["shop.example.com", "must be an address like"],
    ["https://user:pw@shop.example.com/", "no user and no password"],
    ["https://shop.example.com/#here", "no fragment"],
    [`https://shop.example.com/${"a".repeat(2_000)}`, "2000 characters at most"],
    ["http://127.0.0.1/hook", "must not lead to a private"],
    ["http://0x7f.1/hook", "must not lead to a private"],
    ["https://[::1]:8443/hook", "must not lead to a private"],
    ["https://localhost/hook", "must not lead to a private"],
  ])("%s is refused, and told why", async (url, why) => {
    await expect(checkEndpointUrl(url, strict)).rejects.toThrow(why);
  });

  it("that is a name which leads inside is refused, and one without an address now is not", async () => {
    const url = "https://shop.example.com/hook?a=1";
    await expect(checkEndpointUrl(url, { ...strict, resolve: resolving("10.0.0.1") })).rejects.toThrow("private");
    expect(await checkEndpointUrl(url, { ...strict, resolve: resolving("93.184.216.34") })).toBe(url);
    const nowhere: LookupFunction = (_name, _options, done) =>
      done(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }), []);
    expect(await checkEndpointUrl(url, { ...strict, resolve: nowhere })).toBe(url);
  });

  it("must be https in production, unless anything is allowed", async () => {
    const resolve = resolving("93.184.216.34");
    const url = "http://shop.example.com/hook";
    await expect(checkEndpointUrl(url, { ...strict, production: true, resolve })).rejects.toThrow("https://");
    expect(await checkEndpointUrl(url, { allowPrivate: true, production: true, resolve })).toBe(url);
  });
});

describe("an attempt", () => {
  const message = { id: "msg_1", body: "{}", secrets: ["whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"] };

  it.each(["127.0.0.1", "localhost", "shop.example.com"])("never reaches %s, where a receiver is", async (host) => {
    const receiver = await startReceiver();
    const url = receiver.url.replace("127.0.0.1", host);
    // The last one is a name that has changed its mind since it was registered.
    const resolve = host === "shop.example.com" ? resolving("127.0.0.1") : undefined;
    const posted = await post({ ...message, url }, { allowPrivate: false, resolve });
    expect(posted).toMatchObject({ status: null, error: expect.stringContaining("not a public one") as string });
    expect(receiver.received).toEqual([]);
    await receiver.close();
  });

  it("connects to the address that was looked at, not to what the name says next", async () => {
    const receiver = await startReceiver();
    const looked: string[] = [];
    const answers = resolving("93.184.216.34", "127.0.0.1");
    const resolve: LookupFunction = (name, options, callback) => {
      looked.push(name);
      answers(name, options, callback);
    };
    const abort = AbortSignal.timeout(50);
    const url = receiver.url.replace("127.0.0.1", "shop.example.com");
    const posted = await post({ ...message, url }, { allowPrivate: false, resolve, signal: abort });
    expect(posted.status).toBeNull();
    expect(looked).toEqual(["shop.example.com"]);
    expect(receiver.received).toEqual([]);
    await receiver.close();
  });
});

describe("a notifier without leave for private addresses", () => {
  const world = useWorld();

  it("counts it as a failure, and says so in the log of attempts", async () => {
    const { endpoint, tell, notifier, receiver, rows } = world();
    await endpoint();
    await tell("show-1", "{}");
    await notifier({ allowPrivate: false, retryDelay: () => null }).idle();
    expect(receiver.received).toEqual([]);
    const [row] = await rows<{ status: string; log: { error: string }[] }>(
      "select status, attempt_log as log from {schema}.notification_deliveries",
    );
    expect(row).toMatchObject({
      status: "given_up",
      log: [{ error: expect.stringContaining("not a public one") as string }],
    });
  });
});
