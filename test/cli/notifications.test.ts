import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { rowsOf } from "../../src/eventlog/index.ts";
import { goLive, type Service, startService } from "./service.ts";

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const tally = (...argv: string[]) => service.tally(argv);

describe("endpoints and notifications", () => {
  it("are made, told, shown and sent again, within 80 columns", async () => {
    const made = await tally("endpoints", "create", "https://shop.example.com/hook?key=s3same", "--json");
    const { id, secret } = made.json() as { id: string; secret: string };
    expect(secret).toMatch(/^whsec_/);
    await goLive(service, "show-7");

    const listed = await tally("notifications", "list", "--channel", "show-7", "--json");
    const { items } = listed.json() as { items: { notificationId: string; type: string; status: string }[] };
    expect(items.map(({ type, status }) => [type, status])).toEqual([
      ["live.playable", "pending"],
      ["live.started", "pending"],
    ]);
    const [, started] = items;
    const shown = await tally("notifications", "show", started?.notificationId ?? "");
    expect(shown.out).toContain('"type": "live.started"');
    expect(shown.out).toMatch(new RegExp(`endpoint +${id}`));
    for (const ran of [await tally("endpoints", "list"), await tally("notifications", "list")]) {
      expect(ran).toMatchObject({ code: 0 });
      expect(Math.max(...ran.lines.map((line) => line.length))).toBeLessThanOrEqual(80);
      expect(ran.out).not.toContain("s3same");
    }

    await rowsOf(service.knex, "update tally.notification_deliveries set status = 'delivered', attempts = 3");
    const unasked = await tally("notifications", "replay", "--status", "delivered");
    expect(unasked).toMatchObject({ code: 1, err: expect.stringContaining("--yes does it unasked") as string });
    const replayed = await tally("notifications", "replay", started?.notificationId ?? "", "--yes");
    expect(replayed.out).toContain("Done: 1 notification will be sent.");
    expect(
      await rowsOf(service.knex, "select status, attempts from tally.notification_deliveries order by id"),
    ).toEqual([
      { status: "pending", attempts: 0 },
      { status: "delivered", attempts: 3 },
    ]);
  });

  it("give a new endpoint what it missed, if that is asked for", async () => {
    const made = await tally("endpoints", "create", "https://other.example.com/", "--events", "live.ended", "--json");
    const { id } = made.json() as { id: string };
    expect(await tally("notifications", "replay", "--missed", "--yes")).toMatchObject({ code: 2 });
    const replayed = await tally("notifications", "replay", "--endpoint", id, "--missed", "--yes");
    expect(replayed.out).toContain("Done: 2 notifications will be sent.");
  });

  it("refuse what leads inside, what isn't there, and unknown events", async () => {
    expect((await tally("endpoints", "create", "http://127.0.0.1/")).err).toContain(
      "The URL must not lead to a private",
    );
    expect((await tally("endpoints", "create", "https://a.example.com/", "--events", "live.over")).code).toBe(2);
    expect((await tally("endpoints", "rotate", "ep_none")).err).toContain("There is no endpoint ep_none.");
    expect((await tally("notifications", "show", "msg_none")).err).toContain("There is no notification msg_none");
    expect((await tally("notifications", "replay", "msg_none", "--yes")).err).toContain("Nothing was done: not found");
  });

  it("are switched off and on, rotated and deleted", async () => {
    const { id } = (await tally("endpoints", "create", "https://x.example.com/", "--json")).json() as { id: string };
    expect((await tally("endpoints", "disable", id)).out).toContain("switched off by hand");
    expect((await tally("endpoints", "enable", id)).out).toMatch(/enabled +yes/);
    expect((await tally("endpoints", "rotate", id)).out).toContain("whsec_");
    expect((await tally("endpoints", "delete", id, "--yes")).code).toBe(0);
    expect((await tally("endpoints", "show", id)).code).toBe(1);
  });
});
