import type { Account } from "./account.ts";
import type { Played } from "./evening.ts";
import { isStopOf, relaysOf } from "./relays.ts";

/** What did not hold, and for each channel concerned what there is to find the cause by. */
export function describeProblems({ account, problems, serviceWords }: Played): string {
  const channels = [...new Set(problems.flatMap(({ channel }) => channel ?? []))];
  const shown = channels.slice(0, channelsMost);
  return [
    ...problems.map(({ channel, words }) => `  ${channel ?? "the service"}: ${words}`),
    ...shown.flatMap((channel) => describeChannel(account, channel)),
    ...(channels.length > shown.length ? [`\nand of ${channels.length - shown.length} channels more`] : []),
    ...serviceWords.flatMap((words) => part("the end of a service's log", words.trim().split("\n"))),
  ].join("\n");
}

const channelsMost = 2;
const linesMost = 150;

function describeChannel({ record, events, effects, channels }: Account, name: string): string[] {
  const id = channels.find((channel) => channel.name === name)?.id;
  const relays = relaysOf(record).filter(({ channel }) => channel === name);
  const ids = relays.flatMap((relay) => [relay.resource, relay.id]);
  const calls = record.calls.filter(
    ({ path, request }) =>
      path.includes(`/${name}`) ||
      ids.some((known) => path.includes(known)) ||
      JSON.stringify(request ?? "").includes(`"${name}"`),
  );
  return [
    ...part(
      `${name}: events`,
      events
        .filter(({ channelId }) => channelId === id)
        .map(({ id: event, source, type, status, note, receivedAt, payload }) =>
          [event, clock(receivedAt), source, type, status, note ?? "", short(payload)].join(" "),
        ),
    ),
    ...part(
      `${name}: effects`,
      effects
        .filter(({ channelId }) => channelId === id)
        .map(({ key, status, attempts, error }) => [key, status, `${attempts} attempts`, error ?? ""].join(" ")),
    ),
    ...part(
      `${name}: recorders and converters`,
      relays.map((relay) => {
        const { kind, id, resource, startedAt, endedAt, endCause } = relay;
        const stopAt = record.calls.find((call) => isStopOf(call, relay))?.at ?? null;
        const times = `${clock(startedAt)} - ${clock(stopAt)} - ${clock(endedAt)}`;
        return [kind, id, `resource ${resource.slice(0, 20)}`, times, endCause ?? ""].join(" ");
      }),
    ),
    ...part(
      `${name}: calls`,
      calls.map(({ at, operation, status, ms, planned, response }) =>
        [clock(at), operation, status, `${ms} ms`, planned ? "(planned)" : "", short(response)].join(" "),
      ),
    ),
    ...part(
      `${name}: webhooks`,
      record.webhooks
        .filter(({ about }) => about === name)
        .map(({ at, product, eventType, outcome, fault, attempts }) =>
          [
            clock(at),
            `${product}.${eventType}`,
            outcome,
            fault ?? "",
            ...attempts.map((attempt) => `${clock(attempt.at)} ${attempt.error ?? attempt.status}`),
          ].join(" "),
        ),
    ),
  ];
}

function part(title: string, lines: string[]): string[] {
  const left = lines.length - linesMost;
  return [
    `\n${title}`,
    ...(left > 0 ? [`  (${left} earlier)`] : []),
    ...lines.slice(-linesMost).map((line) => `  ${line}`),
  ];
}

function clock(ms: number | null): string {
  return ms === null ? "-" : new Date(ms).toISOString().slice(11, 23);
}

function short(value: unknown): string {
  // The answer to a removal is empty.
  return JSON.stringify(value ?? null).slice(0, 220);
}
