import { botClientTypes } from "./environment.ts";
import { runningRelays } from "./relays.ts";
import type { SandboxState } from "./sandbox.ts";

/**
 * Which channels are not as they should be: a host is there and her picture is not, or not once; a converter shows others
 * than those who are there; nobody is there and a recorder or converter was not even told to stop.
 *
 * @returns what is wrong, by channel
 */
export function notWell(state: SandboxState, names: readonly string[]): Map<string, string> {
  const relays = runningRelays(state);
  const wrong = new Map<string, string>();
  for (const name of names) {
    const people = state.channels.find((channel) => channel.name === name)?.people ?? [];
    const hosts = people
      .filter(({ role, clientType }) => role === "host" && !botClientTypes.includes(clientType ?? 0))
      .map(({ uid }) => uid);
    const running = relays.filter(({ channel, isStopping }) => channel === name && !isStopping);
    const publishers = state.liveInputs
      .filter(({ meta }) => meta.tallyChannel === name)
      .reduce((sum, input) => sum + input.publishers, 0);
    const found = `${running.length} recorders or converters, ${publishers} publishers`;
    const [relay] = running;
    const isOnAir = running.length === 1 && relay?.isPublishing === true && publishers === 1;
    if (hosts.length > 0 && !isOnAir) wrong.set(name, `a host is there, and ${found}`);
    else if (hosts.length > 0 && relay?.shown != null && sorted(relay.shown) !== sorted(hosts)) {
      wrong.set(name, `there are hosts ${sorted(hosts)}, and shown are ${sorted(relay.shown)}`);
    }
    if (hosts.length === 0 && running.length > 0) wrong.set(name, `nobody is there, and ${found}`);
  }
  return wrong;
}

function sorted(uids: readonly number[]): string {
  return uids.toSorted((a, b) => a - b).join(", ");
}
