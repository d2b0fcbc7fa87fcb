import { connect, type Socket } from "node:net";

/** A connection that sends just what it is told, byte for byte. */
export interface RawSocket {
  socket: Socket;
  /** What came back so far. */
  received: () => string;
  send: (bytes: string | Uint8Array) => void;
  /** Resolves with all that came back, once the other side has closed the connection. */
  closed: Promise<string>;
  /** Resolves once what came back contains this, so many times. */
  has: (text: string, times?: number) => Promise<string>;
}

export async function rawSocket(url: string): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
  // A reset is a close like any other; node:events' own `once` would reject with it.
  const once = (event: string) => new Promise<void>((resolve) => void socket.once(event, () => resolve()));
  socket.on("error", () => undefined);
  const closed = once("close").then(() => text);
  await Promise.race([once("connect"), closed]);
  return {
    socket,
    received: () => text,
    send: (bytes) => void socket.write(bytes),
    closed,
    async has(wanted, times = 1) {
      while (text.split(wanted).length <= times) {
        if (socket.destroyed) throw new Error(`closed without ${JSON.stringify(wanted)}: ${JSON.stringify(text)}`);
        await Promise.race([once("data"), closed]);
      }
      return text;
    },
  };
}

/** The bytes of a request as they stand on the wire. */
export function wire(
  start: string,
  headers: Record<string, string | number> | readonly (readonly [string, string])[],
  body: string | Uint8Array = "",
): Buffer {
  const lines = Array.isArray(headers) ? (headers as readonly (readonly [string, string])[]) : Object.entries(headers);
  const head = `${start} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body as string)]);
}

/** The status codes in what came back. */
export function statusesIn(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
