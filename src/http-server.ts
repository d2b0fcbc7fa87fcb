import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";

/** How much of anything a client may take, before anybody knows who it is. Times are milliseconds. */
export interface HttpLimits {
  /** From the connection, or the end of the last request, to the end of a request's headers. */
  headersMs: number;
  /** The same to the end of its body. */
  requestMs: number;
  /** How often Node looks for requests that are over their time: they end this much later at most. */
  checkMs: number;
  /** After an answer that came before the end of its request: the rest of a refused body is read and thrown away. */
  lingerMs: number;
  /** Without a byte in either direction. Ends the connections of whoever asks and doesn't read the answers. */
  silenceMs: number;
  /** An idle connection is kept so long. Agora keeps its own, and asks for at least 10 s (Agora docs: NCS). */
  keepAliveMs: number;
  /** Bytes of the request line and all headers together. */
  headerBytes: number;
  headers: number;
  connections: number;
}

const defaults: HttpLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  checkMs: 2_000,
  lingerMs: 2_000,
  silenceMs: 60_000,
  keepAliveMs: 20_000,
  headerBytes: 16 * 1024,
  headers: 100,
  connections: 1_000,
};

/**
 * An HTTP server with limits, not listening yet. What breaks them is answered 408, 413 or 431 where it still can be, and
 * its connection closed.
 */
export function createHttpServer(listener: RequestListener, changed: Partial<HttpLimits> = {}): Server {
  const limits = { ...defaults, ...changed };
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkMs,
      keepAliveTimeout: limits.keepAliveMs,
      maxHeaderSize: limits.headerBytes,
    },
    (request, response) => {
      response.once("finish", () => endLate(request, limits.lingerMs));
      if (request.rawHeaders.length > 2 * limits.headers) refuseHeaders(response, limits.headers);
      else listener(request, response);
    },
  );
  // Node leaves out what is beyond its own limit and says nothing: one more than ours, so that it is noticed.
  server.maxHeadersCount = limits.headers + 1;
  server.timeout = limits.silenceMs;
  server.maxConnections = limits.connections;
  // Full: whoever only keeps a connection makes room for those who come.
  server.on("drop", () => server.closeIdleConnections());
  return server;
}

function refuseHeaders(response: ServerResponse, most: number): void {
  const problem = {
    type: "about:blank",
    title: "Request Header Fields Too Large",
    status: 431,
    code: "too_many_headers",
    detail: `A request may have ${most} headers.`,
  };
  response.writeHead(431, { "content-type": "application/problem+json", connection: "close" });
  response.end(JSON.stringify(problem));
}

/**
 * To close at once would take the answer from a client that is still sending (the reset outruns it); to read on for as
 * long as it sends would let anybody send for as long as a request may take.
 */
function endLate(request: IncomingMessage, lingerMs: number): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.socket.destroy(), lingerMs);
  request.once("close", () => clearTimeout(timer)); // at its end too
}
