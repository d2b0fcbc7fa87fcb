import type { Service } from "./service.ts";

/**
 * Makes a channel whose host's join an older version did not understand.
 *
 * @returns the join's id
 */
export async function misreadJoin(service: Service, name: string): Promise<number> {
  await service.tally(["channels", "register", name]);
  const [join] = await service.append({
    source: "agora",
    dedupeKey: name,
    type: "rtc.103",
    route: { kind: "channel", key: name },
    channelId: await service.channelId(name),
    occurredAt: null,
    payload: {
      noticeId: name,
      productId: 1,
      eventType: 103,
      notifyMs: Date.now(),
      payload: { channelName: name, uid: 5, clientSeq: 1, ts: Math.floor(Date.now() / 1000), platform: 2 },
    },
    raw: null,
    bodySha256: null,
    headers: null,
    status: "unrecognised",
  });
  return join?.id ?? 0;
}
