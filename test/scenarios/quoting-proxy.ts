import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

import fetch from "node-fetch";

/** A call as it went through, with all its secrets. */
export interface SeenCall {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  answer: string;
}

/** What is answered instead of passing a call on: a refusal that quotes it. */
export interface Quote {
  /** The end of the path that it is for. */
  path: string;
  answer: (call: Omit<SeenCall, "answer">) => { status: number; body: object };
}

/** Stands between the service and the sandbox, sees what passes, and refuses some calls by quoting them. */
export async function openQuotingProxy(target: string, quotes: Quote[]) {
  const calls: SeenCall[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const text = Buffer.concat(await request.toArray()).toString();
      const call = { path: request.url ?? "", headers: request.headers, text };
      const planned = quotes.findIndex((quote) => call.path.endsWith(quote.path));
      const [quote] = planned < 0 ? [] : quotes.splice(planned, 1);
      const { status, body } = quote ? withText(quote.answer(call)) : await passOn(target, request.method ?? "", call);
      calls.push({ ...call, answer: body });
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    /** Those that were not used yet. */
    quotes,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function withText({ status, body }: { status: number; body: object }) {
  return { status, body: JSON.stringify(body) };
}

async function passOn(target: string, method: string, { path, headers, text }: Omit<SeenCall, "answer">) {
  const { authorization = "", "content-type": type = "application/json" } = headers;
  const answer = await fetch(target + path, {
    method,
    headers: { authorization, "content-type": type },
    ...(text === "" ? {} : { body: text }),
  });
  return { status: answer.status, body: await answer.text() };
}
