import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  raw: string;
  body: WebhookBody;
}

/**
 * The members that tests read: of NCS's envelope, of a Cloudflare Notification, of a video. A body has those of its kind
 * only; `payload` and `data` are empty where it has none.
 */
interface WebhookBody {
  noticeId: string;
  productId: number;
  eventType: number;
  notifyMs: number;
  sid: string;
  payload: {
    channelName: string;
    clientSeq: number;
    uid: string | number;
    sequence: number;
    details: { status: string | number; newUid: number };
    converter: { id: string; state: string; rtmpUrl: string };
    lts: number;
    destroyReason: string;
    fields: string;
  };
  data: {
    input_id: string;
    event_type: string;
    updated_at: string;
    live_input_errored: { error: { code: string; message: string } };
  };
}

/** What the service would be: takes webhooks on 127.0.0.1 and keeps them in the order of arrival. */
export interface Receiver {
  url: string;
  received: Received[];
  /** What it answers from now on; a function may decide by request, and `null` never answers. */
  answer: (request: Received) => { status: number; body: string } | null;
  /** Resolves when at least `count` webhooks have come that fit. */
  until(count: number, fits: (one: Received) => boolean): Promise<Received[]>;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const watchers = new Set<() => void>();
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const raw = Buffer.concat(chunks).toString("utf8");
      const one = { path: request.url ?? "", headers: request.headers, raw, body: readBody(raw) };
      receiver.received.push(one);
      const answer = receiver.answer(one);
      if (answer) response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
      for (const look of [...watchers]) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    answer: () => ({ status: 200, body: "{}" }),
    until: (count, fits) =>
      new Promise((resolve) => {
        const look = () => {
          const fitting = receiver.received.filter(fits);
          if (fitting.length < count) return;
          watchers.delete(look);
          resolve(fitting);
        };
        watchers.add(look);
        look();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

function readBody(raw: string): WebhookBody {
  return { payload: {}, data: {}, ...(JSON.parse(raw) as object) } as WebhookBody;
}
