import type { Settings } from "../settings.ts";
import { type Alerting, createAlerting } from "./alerting.ts";
import { type Clocks, createClocks } from "./clocks.ts";
import { createCloudflareNotices } from "./cloudflare-notices.ts";
import { type Converters, createConverters } from "./converters.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createLiveInputs, type LiveInputs } from "./live-inputs.ts";
import { createNcs } from "./ncs.ts";
import { createPeople, type People } from "./people.ts";
import { createRates, type Rates } from "./rates.ts";
import { createRecord, type SandboxRecord } from "./record.ts";
import { createRecorders, type Recorders } from "./recorders.ts";
import { createSigningKeys, type SigningKeys } from "./signing-keys.ts";
import { createStamps } from "./stamps.ts";
import { createTimers, type Timers } from "./timers.ts";
import { createWebhookSender } from "./webhooks.ts";

/** Everything that exists and happens behind the imitated APIs, from one reset to the next. */
export interface World {
  settings: Settings;
  clocks: Clocks;
  timers: Timers;
  record: SandboxRecord;
  faults: Faults;
  rates: Rates;
  people: People;
  alerting: Alerting;
  liveInputs: LiveInputs;
  signingKeys: SigningKeys;
  recorders: Recorders;
  converters: Converters;
  /** Posts a provider's test message at once. @returns the answer's status; null if there was none */
  tryWebhook(url: string, body: object, headers: Record<string, string>): Promise<number | null>;
  /** Nothing happens any more, and no webhook is sent. */
  close(): void;
}

/** @param settings - read when something happens, so that changes apply at once */
export function createWorld(settings: Settings): World {
  const clocks = createClocks(settings);
  const record = createRecord();
  const faults = createFaults();
  const timers = createTimers(() => settings.pace);
  const webhooks = createWebhookSender({ settings, timers, record, faults });
  const alerting = createAlerting(settings);
  const notices = createCloudflareNotices({ settings, clocks, webhooks, alerting });
  const ncs = createNcs({ settings, clocks, webhooks });
  const people = createPeople(ncs, clocks);
  const liveInputs = createLiveInputs({ settings, clocks, timers, record, notices, stamp: createStamps(clocks) });

  return {
    settings,
    clocks,
    timers,
    record,
    faults,
    rates: createRates(settings),
    people,
    alerting,
    tryWebhook: (url, body, headers) => webhooks.tryOnce(url, body, headers),
    liveInputs,
    signingKeys: createSigningKeys(() => clocks.cloudflare()),
    recorders: createRecorders({ settings, clocks, timers, record, ncs, liveInputs }),
    converters: createConverters({ settings, clocks, timers, record, ncs, people, liveInputs }),
    close() {
      timers.close();
      webhooks.close();
    },
  };
}
