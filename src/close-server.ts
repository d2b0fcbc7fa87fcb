import { once } from "node:events";
import type { Server, ServerResponse } from "node:http";

/**
 * Says how a server is closed; to be called before it listens.
 *
 * @returns takes no new connections, and lets every request end that is under way, with `Connection: close` in its
 *   answer: a client that would go on with its connection learns that there is another server now. What is not
 *   answered after `timeoutMs` is cut off.
 */
export function closerOf(server: Server, timeoutMs: number): () => Promise<void> {
  const open = new Set<ServerResponse>();
  let isClosing = false;
  server.prependListener("request", (_request, response) => {
    response.shouldKeepAlive = !isClosing && response.shouldKeepAlive;
    open.add(response);
    response.once("close", () => {
      open.delete(response);
      // One whose headers were out before the close may have promised that the connection is kept.
      if (isClosing) setImmediate(() => server.closeIdleConnections());
    });
  });

  return async () => {
    isClosing = true;
    for (const response of open) response.shouldKeepAlive = false;
    const closed = once(server, "close");
    server.close(); // idle connections too
    const cutOff = setTimeout(() => server.closeAllConnections(), timeoutMs);
    await closed;
    clearTimeout(cutOff);
  };
}
