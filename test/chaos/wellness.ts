import { botClientTypes } from "./environment.ts";
import type { SandboxState } from "./sandbox.ts";

/**
 * Which channels are not as they should be: a host is there and her picture is not, or not once; nobody is there and a
 * recorder was not even told to stop.
 *
 * @returns what is wrong, by channel
 */
export function notWell(
  { channels, recorders, liveInputs }: SandboxState,
  names: readonly string[],
): Map<string, string> {
  const wrong = new Map<string, string>();
  for (const name of names) {
    const people = channels.find((channel) => channel.name === name)?.people ?? [];
    const isWanted = people.some(
      ({ role, clientType }) => role === "host" && !botClientTypes.includes(clientType ?? 0),
    );
    const running = recorders.filter(({ cname, state }) => cname === name && state !== "stopping");
    const publishers = liveInputs
      .filter(({ meta }) => meta.tallyChannel === name)
      .reduce((sum, input) => sum + input.publishers, 0);
    const found = `${running.length} recorders, ${publishers} publishers`;
    const isOnAir = running.length === 1 && running[0]?.push === "publishing" && publishers === 1;
    if (isWanted && !isOnAir) wrong.set(name, `a host is there, and ${found}`);
    if (!isWanted && running.length > 0) wrong.set(name, `nobody is there, and ${found}`);
  }
  return wrong;
}
