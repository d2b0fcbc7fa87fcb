import type { Command } from "commander";

import { getEvent } from "../../eventlog/index.ts";
import { type EventDetail, toEventDetail } from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printFields, printJson, toJson } from "../output/print.ts";
import { plain } from "../output/text.ts";
import { whole } from "../parse/whole.ts";
import { withService } from "../with-service.ts";
import { describeEvent } from "./describe-event.ts";

export function addEventsShow(events: Command, io: Io): void {
  addCommand(events, "show", {
    summary: "Show everything about one event, with its payload.",
    examples: ["events show 1234", "events show 1234 --json"],
  })
    .argument("<id>", "the event's id, as in the list", whole(1))
    .action((id: number, options: CommonOptions) =>
      withService(io, options, async ({ tables }) => {
        const stored = await getEvent(tables, id);
        if (stored === null) {
          throw new Failure(`There is no event ${id}. "tally events list" shows those that there are.`);
        }
        const event = toEventDetail(stored);
        if (options.json) printJson(io, event);
        else printEvent(io, event);
      }),
    );
}

function printEvent(io: Io, event: EventDetail): void {
  printFields(io, {
    id: event.id,
    event: describeEvent(event),
    source: event.source,
    status: event.status,
    note: event.note,
    channel: event.channel,
    route: event.route === null ? null : `${event.route.kind} ${event.route.key}`,
    "occurred at": event.occurredAt,
    "received at": event.receivedAt,
    "applied at": event.appliedAt,
    "applied version": event.appliedVersion,
    "erased from at": event.erasedAt,
    trace: event.traceId,
    "dedupe key": event.dedupeKey,
    "body sha256": event.bodySha256,
    ...event.headers,
  });
  io.out(event.raw === null ? `\n${toJson(event.payload)}\n` : `\n${plain(event.raw)}\n`);
}
