import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to Postgres that can be cut, or go silent without saying so. */
export interface TcpProxy {
  port: number;
  /**
   * From now on the connections that listen are half open: what either side sends is swallowed, and neither is told. On
   * loopback the kernel goes on answering keep-alives, so nothing shows.
   *
   * @returns how many
   */
  blackHoleListeners(): number;
  /** The same of all connections that there are now. */
  blackHoleAll(): number;
  close(): Promise<void>;
}

/** @param target - asked for at every connection, since a restarted server has another port */
export async function startTcpProxy(target: () => number): Promise<TcpProxy> {
  const connections = new Set<Connection>();
  const server = createServer((client) => {
    const connection = join(client, connect(target(), "127.0.0.1"));
    connections.add(connection);
    client.once("close", () => connections.delete(connection));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const blackHole = (which: (connection: Connection) => boolean) => {
    const found = [...connections].filter((connection) => which(connection) && !connection.isSilent);
    for (const connection of found) silence(connection);
    return found.length;
  };

  return {
    port: (server.address() as AddressInfo).port,
    blackHoleListeners: () => blackHole(({ listens }) => listens),
    blackHoleAll: () => blackHole(() => true),
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const { client, upstream } of connections) {
        client.destroy();
        upstream.destroy();
      }
      await closed;
    },
  };
}

interface Connection {
  client: Socket;
  upstream: Socket;
  listens: boolean;
  isSilent: boolean;
}

function join(client: Socket, upstream: Socket): Connection {
  const connection: Connection = { client, upstream, listens: false, isSilent: false };
  // The simple query protocol sends SQL as it is; `LISTEN` is said once, and fits into one packet.
  client.on("data", (bytes) => {
    connection.listens ||= bytes.includes("LISTEN");
  });
  client.pipe(upstream);
  upstream.pipe(client);
  for (const [socket, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      // The end of a half-open connection is never heard of, unless it is the one that asks.
      if (!connection.isSilent || socket === client) other.destroy();
    });
  }
  return connection;
}

function silence(connection: Connection): void {
  const { client, upstream } = connection;
  connection.isSilent = true;
  client.unpipe(upstream);
  upstream.unpipe(client);
  client.resume();
  upstream.resume();
}
