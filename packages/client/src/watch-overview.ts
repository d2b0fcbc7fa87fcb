import type { Overview, OverviewChannel, OverviewCounts } from "./openapi.ts";
import { type Connection, type WatchOptions, watchStream } from "./watch-stream.ts";

/** All there is, which comes first and after each lost connection; then a channel or the counts, whenever they change. */
export type OverviewNews =
  | { type: "overview"; data: Overview }
  | { type: "channel"; data: OverviewChannel }
  | { type: "counts"; data: OverviewCounts };

const types: readonly (string | undefined)[] = ["overview", "channel", "counts"] satisfies OverviewNews["type"][];

/** @throws {TallyProblem | UnexpectedAnswer} if it is refused, and no other try would help */
export async function* watchOverview(
  connection: Connection,
  options: WatchOptions,
): AsyncGenerator<OverviewNews, void, undefined> {
  for await (const { event, data } of watchStream(connection, "/v1/overview/stream", options)) {
    // A later service may send further ones.
    if (types.includes(event)) yield { type: event, data: JSON.parse(data) as unknown } as OverviewNews;
  }
}
