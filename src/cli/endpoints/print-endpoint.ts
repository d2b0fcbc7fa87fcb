import type { Endpoint } from "../../notifications/index.ts";
import type { CommonOptions } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printFields, printJson } from "../output/print.ts";

/** @param secret - one that was just made: it is shown this once */
export function printEndpoint(io: Io, { json }: CommonOptions, endpoint: Endpoint, secret?: string): void {
  if (json) {
    printJson(io, { ...endpoint, ...(secret !== undefined && { secret }) });
    return;
  }
  printFields(io, {
    endpoint: endpoint.id,
    url: endpoint.url,
    events: endpoint.events?.join(", ") ?? "all",
    description: endpoint.description,
    enabled: endpoint.enabled ? "yes" : "no",
    "disabled at": iso(endpoint.disabledAt),
    "disabled because": endpoint.disabledReason,
    "failing since": iso(endpoint.failingSince),
    "last delivered": iso(endpoint.lastDeliveredAt),
    "old secret until": iso(endpoint.previousSecretUntil),
    problem: endpoint.problem,
    created: iso(endpoint.createdAt),
    secret: secret ?? null,
  });
  if (secret !== undefined) io.err("Keep the secret now: it is not shown again.\n");
}

function iso(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}

export function unknownEndpoint(id: string): Failure {
  return new Failure(`There is no endpoint ${id}. "tally endpoints list" shows those that there are.`);
}
