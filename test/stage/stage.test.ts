import { inflateSync } from "node:zlib";

import type request from "supertest";
import { beforeAll, describe, expect, it } from "vitest";

import { createStageUrl } from "../../src/stage/index.ts";
import { appCertificate, appId, expectProblem, type Service, startService, useService } from "../api/service.ts";
import { type LiveChannel, liveChannel, pathOf } from "./live-channel.ts";

const started = useService({ stage: { logoUrl: "https://cdn.example.com/logo.png?v=2", overlayUrl: null } });
let service: Service;
let channel: LiveChannel;
let channels = 0;
const newChannel = () => liveChannel(service, `stage-${++channels}`);
beforeAll(async () => {
  service = started();
  channel = await newChannel();
});

const post = (path: string, cookie = "") => service.anonymous.post(path).set("cookie", cookie);
const cookieOf = (response: request.Response) =>
  (response.headers["set-cookie"] as unknown as string[] | undefined)?.[0] ?? "";
const codesRefused = () => service.lines.filter(({ msg }) => msg === "stage.refused").map(({ code }) => code);

/** As if the page had last been heard of so long ago. */
async function goSilent({ id }: LiveChannel, seconds: number): Promise<void> {
  const { knex, schema } = service.database;
  await knex.raw(
    `update ${schema}.stage_visits set seen_at = clock_timestamp() - make_interval(secs => ?) where channel_id = ?`,
    [seconds, id],
  );
}

describe("the page", () => {
  it("is there for the recorder that is wanted, and holds no credential", async () => {
    const response = await service.anonymous.get(channel.path).expect(200);
    expect(response.type).toBe("text/html");
    expect(response.text).not.toMatch(new RegExp(`${appId}|${channel.name}|007`));
    expect(response.headers).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "permissions-policy": expect.stringContaining("camera=(), microphone=()") as string,
    });
    await service.anonymous.head(channel.path).expect(200);
  });

  it("may load itself and the images that were set, and talk to Agora", async () => {
    const { headers } = await service.anonymous.get(channel.path);
    const directives = Object.fromEntries(
      String(headers["content-security-policy"])
        .split(";")
        .map((directive) => [directive.split(" ")[0] ?? "", directive.split(" ").slice(1)]),
    );
    expect(directives).toMatchObject({
      "default-src": ["'none'"],
      "script-src": ["'self'"],
      "style-src": ["'self'"],
      "img-src": ["https://cdn.example.com"],
      "frame-ancestors": ["'none'"],
    });
    expect(directives["connect-src"]).toEqual(
      expect.arrayContaining(["'self'", "wss://*.agora.io:*", "https://*.sd-rtn.com:*"]),
    );
  });

  it("loads what may be kept for good, since its name changes with it", async () => {
    const { text } = await service.anonymous.get(channel.path);
    const [, script = ""] = /src="\.\/(-\/[^"]+\.js)"/.exec(text) ?? [];
    const { headers } = await service.anonymous.get(`/stage/${script}`).expect(200);
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expectProblem(await service.anonymous.get("/stage/-/nothing.js"), 404, "not_found");
  });

  it.each(["put", "post", "delete", "options"] as const)("can't be %s", async (method) => {
    const response = await service.call(method, channel.path);
    expectProblem(response, 405, "method_not_allowed");
    expect(response.headers.allow).toBe("GET, HEAD");
  });

  it("is not opened by who isn't the wanted recorder, and says why by a code", async () => {
    const other = await newChannel();
    const [claims = "", signature = ""] = channel.path.split(".");
    const refused = {
      [`${claims.slice(0, -1)}A.${signature}`]: "stage_token_invalid",
      [`${other.path.split(".")[0] ?? ""}.${signature}`]: "stage_token_invalid",
      [claims]: "stage_token_invalid",
      [`${channel.path}.x`]: "stage_token_invalid",
      "/stage/nothing": "stage_token_invalid",
      [pathOf({ channelId: channel.id, expiresAt: Math.floor(Date.now() / 1000) })]: "stage_token_expired",
      [pathOf({ channelId: channel.id, attempt: 2 })]: "stage_token_superseded",
      [pathOf({ channelId: channel.id, session: 2 })]: "stage_session_ended",
      [pathOf({ channelId: 899_999_999 })]: "stage_session_ended",
    };
    for (const [path, code] of Object.entries(refused)) {
      const before = codesRefused().length;
      const page = await service.anonymous.get(path);
      expect({ path, status: page.status, type: page.type }).toEqual({ path, status: 403, type: "text/html" });
      expect(page.text).toContain(`content="${code}"`);
      expect(page.headers["cache-control"]).toBe("no-store");
      const answer = await post(`${path}/credentials`);
      expectProblem(answer, 403, code);
      expect(codesRefused().slice(before)).toEqual([code, code]);
      for (const { text } of [page, answer]) expect(text).not.toContain(path.split("/")[2]);
    }
  });

  it("is closed as soon as its session is ending", async () => {
    const ending = await newChannel();
    await service.anonymous.get(ending.path).expect(200);
    await service.call("post", `/v1/channels/${ending.name}/recording/stop`).expect(202);
    expect((await service.anonymous.get(ending.path)).text).toContain("stage_session_ended");
    expectProblem(await post(`${ending.path}/credentials`), 403, "stage_session_ended");
  });

  it("has an address that was made for it", async () => {
    const stageUrl = createStageUrl({ publicUrl: "https://tally.example", appCertificate, lifetimeMs: 60_000 });
    const url = new URL(stageUrl({ channelId: channel.id, session: 1, attempt: 1 }));
    await service.anonymous.get(url.pathname).expect(200);
  });
});

describe("the credentials", () => {
  it("are a subscriber's, for an hour, in the stage's own name", async () => {
    const { path, name, id } = await newChannel();
    const response = await post(`${path}/credentials`).expect(200);
    expect(response.headers["cache-control"]).toBe("no-store");
    const body = response.body as { rtcToken: string; expiresAt: number };
    expect(body).toEqual({
      appId,
      channel: name,
      uid: 3_000_000_000 + id,
      rtcToken: expect.stringMatching(/^007/) as string,
      expiresAt: expect.any(Number) as number,
      lifetimeSeconds: 3_600,
      renewAfterSeconds: 2_400,
      opening: 1,
      hostUid: null,
      logoUrl: "https://cdn.example.com/logo.png?v=2",
      overlayUrl: null,
    });
    expect(Math.abs(body.expiresAt - Date.now() / 1000 - 3_600)).toBeLessThan(60);
    const inside = inflateSync(Buffer.from(body.rtcToken.slice(3), "base64")).toString("latin1");
    expect(inside).toContain(String(3_000_000_000 + id));
    expect(inside).toContain(name);
  });

  it("come with a cookie that only this page gets back", async () => {
    const { path } = await newChannel();
    expect(cookieOf(await post(`${path}/credentials`))).toMatch(
      new RegExp(`^visit=[\\w-]{22}; Path=${path}; HttpOnly; SameSite=Strict$`),
    );
    const secure = await startService(service.database, { publicUrl: "https://tally.example/live" });
    const { path: other } = await newChannel();
    const cookie = cookieOf(await secure.anonymous.post(`${other}/credentials`));
    await secure.close();
    expect(cookie).toContain(`Path=/live${other}; HttpOnly; Secure; SameSite=Strict`);
  });

  it("are not given to a second browser while the first is heard of, and then they are", async () => {
    const elsewhere = await newChannel();
    const { path, id } = elsewhere;
    const first = cookieOf(await post(`${path}/credentials`).expect(200));
    expectProblem(await post(`${path}/credentials`), 409, "stage_in_use");
    await goSilent(elsewhere, 25);
    expectProblem(await post(`${path}/credentials`), 409, "stage_in_use");
    await goSilent(elsewhere, 31);
    const second = await post(`${path}/credentials`).expect(200);
    expect(second.body).toMatchObject({ opening: 2 });
    expect(service.lines).toContainEqual(
      expect.objectContaining({ msg: "stage.taken_over", channelId: id, session: 1, attempt: 1, opening: 2 }),
    );
    expectProblem(await post(`${path}/credentials?opening=1`, first), 409, "stage_in_use");
    expectProblem(await post(`${path}/alive?opening=1`, first), 409, "stage_in_use");
    await post(`${path}/alive?opening=2`, cookieOf(second)).expect(204);
  });

  it("can be asked for again by a browser whose first answer was lost", async () => {
    const { path } = await newChannel();
    const cookie = cookieOf(await service.anonymous.get(path).expect(200));
    await post(`${path}/credentials`, cookie).expect(200);
    const again = await post(`${path}/credentials`, cookie).expect(200);
    expect(again.body).toMatchObject({ opening: 2 });
  });

  it("are renewed for the page that has them, and given anew to the same browser's next", async () => {
    const { path } = await newChannel();
    const first = await post(`${path}/credentials`).expect(200);
    const cookie = cookieOf(first);
    const renewed = await post(`${path}/credentials?opening=1`, cookie).expect(200);
    expect(renewed.body).toMatchObject({ opening: 1 });
    expect((renewed.body as { rtcToken: string }).rtcToken).not.toBe((first.body as { rtcToken: string }).rtcToken);
    const reloaded = await post(`${path}/credentials`, cookie).expect(200);
    expect(reloaded.body).toMatchObject({ opening: 2 });
    // The page before it is gone, or should be.
    expectProblem(await post(`${path}/credentials?opening=1`, cookie), 409, "stage_in_use");
  });

  it("are given to one of many that ask at once", async () => {
    const { path } = await newChannel();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(`${path}/credentials`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(409)]);
  });

  it("can be had a moment after the page was left", async () => {
    const left = await newChannel();
    const { path } = left;
    const cookie = cookieOf(await post(`${path}/credentials`).expect(200));
    await post(`${path}/left?opening=1`, cookie).expect(204);
    const { rows } = await service.database.knex.raw<{ rows: { silent: number }[] }>(
      `select extract(epoch from clock_timestamp() - seen_at)::double precision as silent
       from ${service.database.schema}.stage_visits where channel_id = ?`,
      [left.id],
    );
    expect(rows[0]?.silent).toBeGreaterThanOrEqual(25);
    // What a page says that is gone already concerns nobody.
    await post(`${path}/credentials`, cookie).expect(200);
    expectProblem(await post(`${path}/left?opening=1`, cookie), 409, "stage_in_use");
    expectProblem(await post(`${path}/credentials`), 409, "stage_in_use");
  });

  it("and nothing else of the page, leave its token in the log", async () => {
    const { path } = await newChannel();
    await post(`${path}/credentials?opening=x`).expect(200);
    await post(`${path}/alive`);
    await service.anonymous.get(path);
    await service.anonymous.get(`${path}/nothing`).expect(404);
    const log = JSON.stringify(service.lines);
    for (const part of path.slice("/stage/".length).split(".")) expect(log).not.toContain(part);
    expect(service.lines).toContainEqual(expect.objectContaining({ msg: "stage.opened", attempt: 1 }));
    expect(service.lines).toContainEqual(expect.objectContaining({ route: "/stage/{token}/credentials", status: 200 }));
    expect(service.lines).toContainEqual(expect.objectContaining({ route: "/stage/{token}/alive", level: "debug" }));
  });
});
