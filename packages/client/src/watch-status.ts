import type { Status } from "./openapi.ts";
import { type Connection, type WatchOptions, watchStream } from "./watch-stream.ts";

/** @throws {TallyProblem | UnexpectedAnswer} if it is refused, and no other try would help */
export async function* watchStatus(
  connection: Connection,
  channel: string,
  options: WatchOptions,
): AsyncGenerator<Status, void, undefined> {
  const path = `/v1/channels/${encodeURIComponent(channel)}/status/stream`;
  for await (const { data } of watchStream(connection, path, options)) yield JSON.parse(data) as Status;
}
