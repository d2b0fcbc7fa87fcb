import type { Io } from "../../io.ts";
import { printTable } from "../../output/print.ts";
import type { Column } from "../../output/table.ts";
import { count, plain, wrap } from "../../output/text.ts";
import { describeEvent } from "../describe-event.ts";
import type { Outcome, Refusal } from "./answers.ts";
import type { ForwardPlan } from "./plan-forward.ts";
import type { Target } from "./target.ts";

const typeColumns: Column<ForwardPlan["types"][number]>[] = [
  { title: "DELIVERIES", value: ({ deliveries }) => String(deliveries) },
  { title: "SOURCE", value: ({ source }) => source },
  { title: "EVENT", value: (type) => describeEvent(type), flexible: 20 },
];

const refusalColumns: Column<Refusal>[] = [
  { title: "REFUSED", value: ({ deliveries }) => String(deliveries) },
  { title: "AT", value: ({ door }) => `/webhooks/${door}` },
  { title: "ANSWER", value: ({ status, code }) => [status, code].filter((word) => word !== null).join(" ") },
];

export function printPlan(io: Io, plan: ForwardPlan, { url, isPublic }: Target): void {
  const { deliveries, channels, types, from, to, redacted, knownByBytes } = plan;
  io.out(`${count(deliveries, "delivery", "deliveries")} to forward to ${url}, of ${count(channels, "channel")}.\n`);
  if (deliveries === 0) return;
  io.out(`Received from ${from} to ${to}.\n\n`);
  printTable(io, types, typeColumns, "");
  const notes = [
    ...(redacted === 0
      ? []
      : [
          `Not as they came: ${redacted}. Their bodies are stored without a secret that was in them, and are sent so; ` +
            "Tally reads none of it.",
        ]),
    ...(knownByBytes === 0
      ? []
      : [
          `Without an id of their own: ${knownByBytes}. They are told by their bytes, which the log doesn't keep: a target ` +
            "that had them from the provider takes them for new.",
        ]),
    "The target takes them for real and for new: it decides by its own clock and calls its own providers.",
    ...(isPublic
      ? [
          `${new URL(url).host} is on the open internet, and gets all that is in them, users' ids too` +
            `${url.startsWith("http:") ? ", unencrypted" : ""}.`,
        ]
      : []),
  ];
  io.out(`\n${notes.flatMap((note) => wrap(note, io.columns)).join("\n")}\n\n`);
}

export function printOutcome(io: Io, { accepted, duplicates, refused }: Outcome, speed: string): void {
  const sum = refused.reduce((total, { deliveries }) => total + deliveries, 0);
  io.out(`${accepted} accepted, ${duplicates} known there already, ${sum} refused; ${speed}.\n`);
  if (refused.length === 0) return;
  io.out("\n");
  printTable(io, refused, refusalColumns, "");
  for (const { status, door, says } of refused) {
    io.out(`${wrap(plain(`${status} at /webhooks/${door}: ${says}.`), io.columns).join("\n")}\n`);
  }
}
