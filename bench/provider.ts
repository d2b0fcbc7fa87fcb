import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A stand-in for a provider: refuses every call, and tells when the next one arrives. */
export interface BenchProvider {
  url: string;
  /** `performance.now()` at the arrival of the next call. */
  nextCall(): Promise<number>;
  close(): Promise<void>;
}

export async function startProvider(): Promise<BenchProvider> {
  let waiting: ((at: number) => void)[] = [];
  const server = createServer((request, response) => {
    const at = performance.now();
    const told = waiting;
    waiting = [];
    for (const tell of told) tell(at);
    request.resume();
    // Final, so that one join leads to one call.
    response.writeHead(403, { "content-type": "application/json" }).end('{"success":false,"errors":[{"code":10002}]}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    nextCall: () => new Promise((resolve) => waiting.push(resolve)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
