import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";

import {
  deliveryListAnswer,
  endpointAnswer,
  endpointListAnswer,
  endpointSecretAnswer,
} from "../../src/api/notifications/schemas.ts";
import { createNotifier, createVault } from "../../src/notifications/index.ts";
import { createRedactor } from "../../src/redaction/index.ts";
import { startReceiver } from "../notifications/receiver.ts";
import { logLines } from "../support/log-lines.ts";
import { plainLinks } from "../support/playback-links.ts";
import { appCertificate, expectProblem, useService } from "./service.ts";

const strict = useService();
const service = useService({ notifications: { allowPrivate: true, disableAfterMs: 0 } });
const base = "/v1/notification-endpoints";

async function create(body: object) {
  const answer = await service().call("post", base).send(body).expect(201);
  return endpointSecretAnswer.parse(answer.body);
}

describe("endpoints", () => {
  it("are made with a secret that no other answer has", async () => {
    const made = await create({ url: "https://shop.example.com/hook", events: ["live.ended"], description: "shop" });
    expect(made).toMatchObject({ events: ["live.ended"], description: "shop", enabled: true, problem: null });
    const one = await service().call("get", `${base}/${made.id}`).expect(200);
    expect(endpointAnswer.parse(one.body).id).toBe(made.id);
    const list = await service().call("get", base).expect(200);
    expect(endpointListAnswer.parse(list.body).items.map(({ id }) => id)).toContain(made.id);
    expect(JSON.stringify([one.body, list.body])).not.toContain("whsec_");
    const row: unknown = await service().database.knex("tally.notification_endpoints").where({ id: made.id }).first();
    expect(JSON.stringify(row)).not.toContain(made.secret);
  });

  it("are changed by member, switched off and on, rotated and forgotten", async () => {
    const { id, secret } = await create({ url: "https://shop.example.com/hook", events: ["live.ended"] });
    const patch = (body: object) => service().call("patch", `${base}/${id}`).send(body).expect(200);
    expect((await patch({ events: null, description: "x" })).body).toMatchObject({ events: null, description: "x" });
    const off = (await patch({ enabled: false })).body as object;
    expect(off).toMatchObject({ enabled: false, disabledReason: "switched off by hand", description: "x" });
    expectProblem(await service().call("post", `${base}/${id}/test`), 409, "endpoint_disabled");
    expect((await patch({ enabled: true })).body).toMatchObject({
      enabled: true,
      disabledAt: null,
      disabledReason: null,
    });
    const rotated = await service().call("post", `${base}/${id}/rotate-secret`).expect(200);
    expect(endpointSecretAnswer.parse(rotated.body)).toMatchObject({
      previousSecretUntil: expect.any(String) as string,
    });
    expect((rotated.body as { secret: string }).secret).not.toBe(secret);
    await service().call("delete", `${base}/${id}`).expect(204);
    expectProblem(await service().call("get", `${base}/${id}`), 404, "endpoint_unknown");
    expectProblem(await service().call("delete", `${base}/${id}%00`), 404, "endpoint_unknown");
  });

  it.each([
    [{}, "url must be text"],
    [{ url: "https://shop.example.com/", events: [] }, "events must name an event"],
    [{ url: "https://shop.example.com/", events: ["live.over"] }, "must be one of live.started"],
    [{ url: "https://shop.example.com/", secret: "mine" }, "secret is no member"],
    [{ url: "http://127.0.0.1/hook" }, "url must not lead to a private"],
  ])("%j is refused, and told why", async (body, why) => {
    const answer = await strict().call("post", base).send(body);
    expectProblem(answer, 400, "invalid_request");
    expect((answer.body as { detail: string }).detail).toContain(why);
  });

  it("are sent a test, which is then among the deliveries", async () => {
    const receiver = await startReceiver();
    const { id, secret } = await create({ url: receiver.url, events: ["live.ended"] });
    const asked = await service().call("post", `${base}/${id}/test`).expect(202);
    const { notificationId } = asked.body as { notificationId: string };
    const notifier = createNotifier({
      ...service().database,
      log: logLines().log,
      redactor: createRedactor(),
      vault: createVault(appCertificate),
      links: plainLinks,
      allowPrivate: true,
      disableAfterMs: 0,
    });
    notifier.start();
    await notifier.idle();
    await notifier.stop();

    const [got] = receiver.received;
    expect(new Webhook(secret).verify(got?.body ?? "", got?.headers ?? {})).toMatchObject({ type: "tally.test" });
    const list = await service().call("get", `${base}/${id}/deliveries?status=delivered&limit=1`).expect(200);
    expect(deliveryListAnswer.parse(list.body)).toMatchObject({
      items: [{ notificationId, type: "tally.test", channel: null, attemptCount: 1, attempts: [{ status: 204 }] }],
      next: null,
    });
    await receiver.close();
  });
});
