import { Argument, type Command } from "commander";

import { ownSecrets } from "../../config/index.ts";
import { addCommand } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printJson, printList } from "../output/print.ts";
import type { Column } from "../output/table.ts";
import { cut, plain } from "../output/text.ts";
import { parseChannelName } from "../parse/channel-name.ts";
import { parseUrl } from "../parse/url.ts";
import { whole } from "../parse/whole.ts";
import { sendWebhook, type Sent } from "../send-webhook.ts";
import { unlessInterrupted } from "../unless-interrupted.ts";
import { readSettings } from "../with-service.ts";
import { findScene, type SceneOptions } from "./find-scene.ts";
import { type Simulation, simulations } from "./simulations.ts";

interface SimulateOptions extends SceneOptions {
  list?: true;
  url?: string;
  count: number;
}

export function addSimulate(program: Command, io: Io): void {
  const command: Command = addCommand(program, "simulate", {
    summary: "Send the service what Agora or Cloudflare would send it, correctly signed.",
    details:
      "It is signed with the secrets of this environment, and the service takes it for real: at a service with real " +
      "providers a simulated host starts a recording.",
    examples: [
      "simulate --list",
      "simulate host-joins channel_42",
      "simulate audience-joins channel_42 --uid 5000 --count 100",
      "simulate ingest-errored channel_42 --code ERR_STORAGE_QUOTA_EXHAUSTED",
    ],
  });
  command
    .addArgument(new Argument("[what]", "what happens; --list shows them all").choices([...simulations.keys()]))
    .argument("[channel]", "the channel that it happens in", parseChannelName)
    .option("--list", "list what can be simulated")
    .option("--url <address>", "where the service is (default: its PUBLIC_URL)", parseUrl)
    .option("--uid <uid>", "the person's uid", whole(1, 0xffff_ffff), 1001)
    .option("--count <number>", "so many, the uid and the counter going up by one", whole(1, 100_000), 1)
    .option("--ts <seconds>", "when it happened, Unix seconds (default: now)", whole(1, 99_999_999_999))
    .option("--seq <number>", "a person's clientSeq (default: now, in ms), or a recorder's sequence", whole(0))
    .option("--sid <id>", "the recording's id (default: that of the channel's recorder)")
    .option("--recorder-uid <uid>", "the recorder's uid, likewise", whole(1, 0xffff_ffff))
    .option("--input <uid>", "the live input (default: the channel's)")
    .option("--code <code>", "of an ingest error", "ERR_UNSUPPORTED_VIDEO_CODEC")
    .action(async (what: string | undefined, channel: string | undefined, options: SimulateOptions) => {
      if (options.list) {
        const items = [...simulations].map(([name, { summary }]) => ({ what: name, summary }));
        printList(io, options, { items, columns, none: "" });
        return;
      }
      const simulation = simulations.get(what ?? "");
      if (what === undefined || simulation === undefined) {
        command.error("error: say what to simulate; --list shows what there is");
      }
      if (channel === undefined && simulation.about !== "nothing") command.error(`error: say in which channel ${what}`);
      const sent = await simulate(io, simulation, channel ?? "", options);
      if (options.json) printJson(io, { items: sent.map((answer) => ({ what, channel: channel ?? null, ...answer })) });
      else printSent(io, what, sent);
      assertTaken(sent);
    });
}

async function simulate(io: Io, simulation: Simulation, channel: string, options: SimulateOptions): Promise<Sent[]> {
  const config = await readSettings(io);
  const { url = config.publicUrl, count } = options;
  const scene = await findScene(io, simulation.about, channel, options, config);
  const how = { secrets: ownSecrets(config), signal: io.signal, advice: "Start it, or say where it is with --url." };
  const sent: Sent[] = [];
  for (let i = 0; i < count; i++) {
    const body = JSON.stringify(
      simulation.body({ ...scene, uid: scene.uid + i, seq: scene.seq + i, at: scene.at + i }),
    );
    const answer = await unlessInterrupted(io.signal, () => sendWebhook(url, simulation.door, { body }, how));
    sent.push(answer);
  }
  return sent;
}

const columns: Column<{ what: string; summary: string }>[] = [
  { title: "WHAT", value: ({ what }) => what },
  { title: "MEANING", value: ({ summary }) => summary, flexible: 20 },
];

/** A line for each different answer. */
function printSent(io: Io, what: string, sent: readonly Sent[]): void {
  const counts = new Map<string, number>();
  for (const { status, body } of sent) {
    const answer = `${status} ${plain(body)}`;
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
  for (const [answer, count] of counts) io.out(`${cut(`${what} x${count}: ${answer}`, io.columns)}\n`);
}

function assertTaken(sent: readonly Sent[]): void {
  const refused = sent.filter(({ status }) => status !== 200);
  if (refused.length === 0) return;
  const why = refused.some(({ status }) => status === 401)
    ? " It knows other secrets than this environment: set the same, or run this in the service's folder."
    : "";
  throw new Failure(`The service did not take ${refused.length} of ${sent.length}.${why}`);
}
