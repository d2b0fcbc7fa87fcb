import { setTimeout as wait } from "node:timers/promises";

import { startService } from "../../../src/demo/index.ts";

const stepSeconds = 5;
/** The host's phone loses its network: Agora's `reason` 10. */
const networkTrouble = { reason: 10 };

/**
 * Starts Tally with its sandbox, and lets a host go on and off the air.
 *
 * @param appUrl - of the page that will read the status
 */
export async function startDemo(appUrl: string, channel: string) {
  const service = await startService({ CORS_ORIGINS: appUrl, METRICS_SECONDS: String(stepSeconds) });
  const people = `/channels/${encodeURIComponent(channel)}`;
  const host = `${people}/hosts/1001`;
  const say = (what: string) => process.stdout.write(`${what}\n`);

  async function play(): Promise<never> {
    for (let evening = 1; ; evening++) {
      await wait(8_000);
      say("She joins, and goes live.");
      await service.tell(`${host}/join`);
      for (let turn = 1; turn <= 8; turn++) {
        await wait(stepSeconds * 1000);
        await service.tell("/settings", { delivery: { liveViewers: Math.round(40 * Math.sin((turn / 9) * Math.PI)) } });
        await service.tell(`${people}/audience/${evening * 100 + turn}/join`);
        if (turn !== 5) continue;
        say("Her connection drops …");
        await service.tell(`${host}/leave`, networkTrouble);
        await wait(3_000);
        say("… and is back.");
        await service.tell(`${host}/join`);
      }
      say("She leaves.");
      await service.tell(`${host}/leave`);
      await wait(12_000);
    }
  }

  return {
    tally: {
      tallyUrl: service.url,
      tallyKey: service.apiKey,
      playbackOrigin: service.sandboxUrl,
      stepSeconds,
    },
    play,
    stop: () => service.stop(),
  };
}
