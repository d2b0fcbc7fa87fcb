import { type AgoraChannels, channelsPerPage } from "../../providers/index.ts";
import { describeError } from "../effects/conclude.ts";

/**
 * The names of all channels that exist at Agora, page by page. The list moves while it is read, so a channel may come
 * twice or not at all (Agora docs: query-channel-list).
 *
 * @param waitForCheckup - waits for a place among the questions
 * @throws Error with what Agora said, if a page is refused
 */
export async function listAllChannels(
  channels: Pick<AgoraChannels, "list">,
  context: Record<string, number>,
  waitForCheckup: () => Promise<void>,
): Promise<string[]> {
  const names = new Set<string>();
  for (let page = 0; ; page++) {
    await waitForCheckup();
    const answer = await channels.list(page, { context });
    if (!answer.ok) throw new Error(describeError(answer.error));
    const before = names.size;
    for (const name of answer.names) names.add(name);
    // A page that tells nothing new ends it too: a list that never ends would never be acted upon.
    if (names.size === before || (page + 1) * channelsPerPage >= answer.total) return [...names];
  }
}
