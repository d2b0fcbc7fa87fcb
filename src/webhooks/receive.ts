import type { Appended, NewEvent } from "../eventlog/index.ts";
import type { Redactor } from "../redaction/index.ts";
import { type Body, readBody } from "./body.ts";
import { type Authentication, type Delivery, type Envelope, headerOf } from "./delivery.ts";
import type { UnreadBody } from "./raw-body.ts";

/** The log's one way in: resolves once the event is durable. */
export type Append = (event: NewEvent) => Promise<Appended>;

/** Where one kind of webhook comes in. */
export interface Door {
  path: string;
  source: "agora" | "cloudflare";
  authenticate: (delivery: Delivery) => Authentication;
  readEnvelope: (body: Body) => Envelope;
}

/** What became of a delivery. */
export type Reception =
  | UnreadBody
  | { outcome: "unauthenticated"; why: string }
  | { outcome: "stored" | "duplicate"; event: NewEvent; id: number }
  | { outcome: "not_stored"; event: NewEvent; error: unknown };

export interface ReceiveDeps {
  append: Append;
  /** Takes the secrets out of what is stored. */
  redactor: Redactor;
}

/** Takes in one delivery: authenticate, read the envelope, append. What it means is found out later. */
export async function receive(door: Door, delivery: Delivery, { append, redactor }: ReceiveDeps): Promise<Reception> {
  const authentication = door.authenticate(delivery);
  if (!authentication.ok) return { outcome: "unauthenticated", why: authentication.why };

  const body = readBody(delivery.body, redactor);
  const event: NewEvent = {
    source: door.source,
    ...door.readEnvelope(body),
    payload: body.payload,
    raw: body.raw,
    bodySha256: body.sha256,
    headers: keptHeaders(delivery, redactor),
  };

  try {
    const { id, duplicate } = await append(event);
    return { outcome: duplicate ? "duplicate" : "stored", event, id };
  } catch (error) {
    return { outcome: "not_stored", event, error };
  }
}

/** Those that help to find a delivery in a provider's or a proxy's log, and hold no secret. */
const headersToKeep = ["content-type", "user-agent", "cf-ray", "x-request-id", "x-forwarded-for"];

function keptHeaders({ headers }: Delivery, redactor: Redactor): Record<string, string> {
  return Object.fromEntries(
    headersToKeep.flatMap((name) => {
      const value = headerOf(headers, name);
      return value === undefined ? [] : [[name, redactor.body(value)]];
    }),
  );
}
