import { createHmac } from "node:crypto";

import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";

import { createKey } from "../../src/keys/index.ts";
import { createTestDatabase } from "../support/database.ts";
import { runs } from "../support/fast-check.ts";
import { type App, audience, issuer, startApp } from "./app-tokens.ts";
import { apiKey, type Service, startService } from "./service.ts";

let app: App;
let service: Service;
/** One of each kind that is good, and reads the channel's status. */
const good: string[] = [];

beforeAll(async () => {
  app = await startApp("ES256");
  const jwt = { jwksUrl: app.jwksUrl, issuer, audience, userClaim: "sub", channelsClaim: "channels" };
  service = await startService(await createTestDatabase(), { jwt, failedKeysMost: 1_000_000 });
  await service.call("put", "/v1/channels/shop").send({ hostUserId: "seller-5" }).expect(201);
  const minted = await service.call("post", "/v1/channels/shop/status-token").expect(200);
  const { text } = await createKey(service.database, { name: "fuzzed", scope: "admin" });
  good.push((minted.body as { token: string }).token, text, await app.jwt(), apiKey);
  for (const credential of good) expect(await statusWith({ authorization: `Bearer ${credential}` })).toBe(200);
});
afterAll(async () => {
  expect(service.lines.filter(({ level }) => level === "error")).toEqual([]);
  await service.close();
  await service.database.drop();
  await app.close();
});

async function statusWith({ authorization, token }: { authorization?: string; token?: string }): Promise<number> {
  const query = token === undefined ? "" : `?token=${encodeURIComponent(token)}`;
  const headers = authorization === undefined ? {} : { authorization };
  const response = await fetch(`${service.url}/v1/channels/shop/status${query}`, { headers });
  await response.arrayBuffer();
  return response.status;
}

const base64 = (text: string) => Buffer.from(text).toString("base64url");
const claim = fc.oneof(
  fc.constantFrom<unknown>("shop", "seller-5", "tally", "tally-status", issuer, audience, 1e12, -1, null, "\0"),
  fc.jsonValue(),
);
const claims = fc.record(
  { iss: claim, aud: claim, sub: claim, exp: claim, nbf: claim, iat: claim, channels: claim },
  { requiredKeys: [] },
);
const header = fc.record(
  {
    alg: fc.constantFrom<unknown>("HS256", "ES256", "RS256", "none", "", "EdDSA", "dir", null, 5, "__proto__"),
    typ: fc.constantFrom<unknown>("tally-status+jwt", "application/tally-status+jwt", "JWT", null, 5, {}),
    kid: fc.constantFrom<unknown>("key-1", "", "key-2", null, 5, "../key", []),
    crit: fc.constantFrom<unknown>(["exp"], [], ["b64"], "exp", null),
    b64: fc.boolean(),
    jwk: fc.jsonValue(),
    jku: fc.constantFrom("https://evil.example.com/jwks.json", "file:///etc/passwd"),
  },
  { requiredKeys: [] },
);
/** In the form of a JWT, and signed with anything but the right key. */
const forged = fc
  .tuple(header, fc.oneof(claims, fc.jsonValue()), fc.oneof(fc.constant(""), fc.string({ maxLength: 40 })))
  .map(([head, payload, secret]) => {
    const text = `${base64(JSON.stringify(head))}.${base64(JSON.stringify(payload))}`;
    return `${text}.${secret === "" ? "" : createHmac("sha256", secret).update(text).digest("base64url")}`;
  });
const anything = fc.oneof(
  fc.stringMatching(/^[!-~]{0,200}$/),
  fc.stringMatching(/^[\w-]{0,20}(\.[\w-]{0,20}){0,5}$/),
  fc.stringMatching(/^tally_[0-9a-f]{0,13}_?[0-9a-f]{0,65}$/),
  fc.constantFrom(
    "tally_",
    ".".repeat(5_000),
    "eyJ".repeat(3_000),
    "%00",
    "%FF%FE",
    "..",
    "e30.e30.",
    "null.null.null",
  ),
);

it("whatever is shown that is no credential is 401, in the header and in the address", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(forged, anything), async (text) => {
      expect(await statusWith({ authorization: `Bearer ${text}` })).toBe(401);
      expect(await statusWith({ token: text })).toBe(401);
    }),
    runs(150),
  );
});

it("any header that is no bearer's is 401, whatever token stands beside it", async () => {
  const words = fc.oneof(
    fc.stringMatching(/^[ -~\x80-\xff]{0,100}$/),
    fc.constantFrom("Basic Og==", "Bearer", "Bearer a b"),
  );
  await fc.assert(
    fc.asyncProperty(words, fc.nat(3), async (authorization, which) => {
      expect(await statusWith({ authorization, token: good[which] ?? "" })).toBe(401);
    }),
    runs(150),
  );
});

it("a good credential that is changed anywhere is none", async () => {
  const change = fc.record({
    which: fc.nat(2),
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    how: fc.constantFrom("replace", "insert", "delete", "cut"),
    character: fc.stringMatching(/^[\w.~-]$/),
  });
  await fc.assert(
    fc.asyncProperty(change, async ({ which, at, how, character }) => {
      const credential = good[which] ?? "";
      const place = Math.floor(at * credential.length);
      const rest = how === "insert" ? credential.slice(place) : how === "cut" ? "" : credential.slice(place + 1);
      const changed = credential.slice(0, place) + (how === "delete" || how === "cut" ? "" : character) + rest;
      fc.pre(!meansTheSame(changed, credential));
      expect(await statusWith({ authorization: `Bearer ${changed}` })).toBe(401);
      expect(await statusWith({ token: changed })).toBe(401);
    }),
    runs(150),
  );
});

/** The last character of a signature in base64url has bits that stand for nothing. */
function meansTheSame(one: string, other: string): boolean {
  const parts = (text: string) => {
    const signed = text.slice(0, text.lastIndexOf(".") + 1);
    return signed === "" ? text : signed + Buffer.from(text.slice(signed.length), "base64url").toString("hex");
  };
  return parts(one) === parts(other);
}
