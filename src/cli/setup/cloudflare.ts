import type { Command } from "commander";

import type { Config } from "../../config/index.ts";
import { createLogger } from "../../log.ts";
import {
  createCloudflareNotifications,
  createCloudflareTransport,
  createStreamWebhooks,
} from "../../providers/index.ts";
import {
  type Applied,
  applyCloudflare,
  type CloudflarePlan,
  cloudflareWanted,
  freeSlots,
  lookAtCloudflare,
  planCloudflare,
  refusalWords,
  type SetupClients,
  type Step,
  whyUnreachable,
} from "../../setup/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { confirm } from "../confirm.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { plain } from "../output/text.ts";
import { unlessInterrupted } from "../unless-interrupted.ts";
import { readSettings } from "../with-service.ts";

interface SetupOptions extends CommonOptions {
  dryRun?: true;
  yes?: true;
  replace?: true;
}

export function addSetupCloudflare(setup: Command, io: Io): void {
  addCommand(setup, "cloudflare", {
    summary: "Have Cloudflare send its notifications and video webhooks here.",
    details:
      "Creates or mends the notification destination, the policy for live inputs with all\n" +
      "their events, and the account's Stream webhook, whose secret is shown once. A second\n" +
      "run finds nothing to do. The service must run already: Cloudflare tries its URL. The\n" +
      "API token needs Stream: Edit and Notifications: Edit.",
    examples: ["setup cloudflare --dry-run", "setup cloudflare", "setup cloudflare --yes --replace --json"],
  })
    .option("--dry-run", "only say what would be done")
    .option("--yes", "don't ask; somebody else's Stream webhook stays all the same")
    .option("--replace", "replace the account's Stream webhook even if it is somebody else's")
    .action((options: SetupOptions) => unlessInterrupted(io.signal, () => setUp(io, options)));
}

async function setUp(io: Io, options: SetupOptions): Promise<void> {
  const config = await readSettings(io);
  const wanted = cloudflareWanted(config);
  if (wanted.notificationSecret === null) {
    throw new Failure(
      "CLOUDFLARE_NOTIFICATION_SECRET is missing: a long random text, which Cloudflare sends with each.",
    );
  }
  assertReachable(config);
  await withClients(config, async (clients) => {
    const looked = await lookAtCloudflare(clients);
    if (!looked.ok) throw new Failure(refusalWords(looked.refusal.error, looked.of));
    const plan = planCloudflare(wanted, looked.found);
    say(io, options, plan.steps.length === 0 ? ["Nothing to do: Cloudflare is set up."] : plan.steps.map(planned));
    if (options.dryRun) {
      if (options.json) printJson(io, { plan: plan.steps, done: [], left: plan.steps, streamWebhookSecret: null });
      return;
    }
    const chosen = await choose(io, options, plan);
    const applied = await applyCloudflare(chosen, wanted.notificationSecret ?? "", clients);
    report(io, options, plan, applied);
  });
}

/** A sandbox is on this machine too. */
function assertReachable({ publicUrl, cloudflare }: Config): void {
  const unreachable = whyUnreachable(publicUrl);
  if (unreachable === null || new URL(cloudflare.apiUrl).hostname === "127.0.0.1") return;
  throw new Failure(`${unreachable}. Set PUBLIC_URL to the https URL at which they can.`);
}

async function withClients(config: Config, work: (clients: SetupClients) => Promise<void>): Promise<void> {
  const log = createLogger({ level: "silent" });
  const transport = createCloudflareTransport(config.cloudflare, { slots: freeSlots, log });
  try {
    await work({
      notifications: createCloudflareNotifications(transport),
      streamWebhooks: createStreamWebhooks(transport),
    });
  } finally {
    transport.close();
  }
}

/** The plan as it was agreed to. @throws {Failure} if it wasn't */
async function choose(io: Io, { yes, replace }: SetupOptions, plan: CloudflarePlan): Promise<CloudflarePlan> {
  const foreign = plan.steps.find(isForeign);
  let { steps } = plan;
  if (foreign !== undefined && replace !== true) {
    const question = "Replace that Stream webhook? Whoever has it now is told of no video any more.";
    const mayReplace = yes !== true && io.ask !== null && (await io.ask(question));
    if (!mayReplace) steps = steps.filter((step) => step !== foreign);
  }
  const others = steps.filter((step) => step !== foreign || replace === true);
  if (others.length > 0) await confirm(io, "Do this at Cloudflare?", yes === true);
  return { ...plan, steps };
}

function isForeign(step: Step): boolean {
  return step.kind === "put_stream_webhook" && step.replaces !== null;
}

function report(io: Io, options: SetupOptions, plan: CloudflarePlan, { done, secret, refused }: Applied): void {
  const left = plan.steps.filter((step) => !done.includes(step));
  const toSet = secret ?? plan.secretToSet;
  if (options.json) printJson(io, { plan: plan.steps, done, left, streamWebhookSecret: toSet });
  else {
    for (const step of done) io.out(`done: ${plain(step.says)}\n`);
    if (toSet !== null) {
      io.out(
        `\nThe Stream webhook's secret. It belongs into CLOUDFLARE_STREAM_WEBHOOK_SECRET; then start the service again:\n\n${toSet}\n`,
      );
    }
  }
  if (refused !== null) {
    const of = refused.step.kind === "put_stream_webhook" ? "stream" : "notifications";
    throw new Failure(`Not done: ${plain(refused.step.says)}.\n${refusalWords(refused.refusal.error, of)}`);
  }
  if (left.length > 0) {
    throw new Failure("The account's Stream webhook is somebody else's and was left as it is. --replace replaces it.");
  }
}

/** For people where the result is; for programs that read it, on the other stream. */
function say(io: Io, { json }: CommonOptions, lines: readonly string[]): void {
  for (const line of lines) (json ? io.err : io.out)(`${plain(line)}\n`);
}

function planned({ says }: Step): string {
  return `to do: ${says}`;
}
