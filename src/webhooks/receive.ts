import type { IncomingHttpHeaders } from "node:http";

import type { Appended, NewEvent } from "../eventlog/index.ts";
import type { Redactor } from "../redaction/index.ts";
import type { AgoraSenders } from "./agora/senders.ts";
import { type Body, readBody } from "./body.ts";
import { type Admission, type Envelope, headerOf } from "./delivery.ts";
import type { RawBody, UnreadBody } from "./raw-body.ts";

/** The log's one way in: resolves once the event is durable. */
export type Append = (event: NewEvent) => Promise<Appended>;

/** Where one kind of webhook comes in. */
export interface Door {
  path: string;
  source: "agora" | "cloudflare";
  /** From where the provider sends, if that is known and asked for. */
  senders?: Pick<AgoraSenders, "include"> | undefined;
  admit: (headers: IncomingHttpHeaders) => Admission;
  readEnvelope: (body: Body) => Envelope;
}

/** One HTTP request from whoever it may be; nothing of its body has been read. */
export interface Delivery {
  headers: IncomingHttpHeaders;
  /** The client's address, found out when it is asked for; undefined of a client that is gone already. */
  address: () => string | undefined;
  /** What is wrong with its body by its headers; null if nothing is. */
  refusal: UnreadBody | null;
  read: () => Promise<RawBody>;
}

/** What became of a delivery; `bytes` of its body, null if it wasn't read. */
export type Reception =
  | UnreadBody
  | { outcome: "address_refused"; address: string | undefined }
  | { outcome: "unauthenticated"; why: string; kind: string; bytes: number | null }
  | { outcome: "stored" | "duplicate"; event: NewEvent; id: number; bytes: number }
  | { outcome: "not_stored"; event: NewEvent; error: unknown; bytes: number };

export interface ReceiveDeps {
  append: Append;
  /** Takes the secrets out of what is stored. */
  redactor: Redactor;
}

/**
 * Takes in one delivery: authenticate, read the envelope, append. What it means is found out later. Until it is
 * authenticated, no more is done for it than must be: what its headers refuse is not read, and no body is parsed.
 */
export async function receive(door: Door, delivery: Delivery, { append, redactor }: ReceiveDeps): Promise<Reception> {
  const { headers, refusal } = delivery;
  if (door.senders !== undefined) {
    const address = delivery.address();
    if (!door.senders.include(address)) return { outcome: "address_refused", address };
  }
  if (refusal !== null) return refusal;
  const admission = door.admit(headers);
  if (!admission.ok) return unauthenticated(admission, null);

  const raw = await delivery.read();
  if (raw.outcome !== "read") return raw;
  const bytes = raw.bytes.length;
  const authentication = admission.authenticate(raw.bytes);
  if (!authentication.ok) return unauthenticated(authentication, bytes);

  const body = readBody(raw.bytes, redactor);
  const event: NewEvent = {
    source: door.source,
    ...door.readEnvelope(body),
    payload: body.payload,
    raw: body.raw,
    bodySha256: body.sha256,
    headers: keptHeaders(headers, redactor),
  };

  try {
    const { id, duplicate } = await append(event);
    return { outcome: duplicate ? "duplicate" : "stored", event, id, bytes };
  } catch (error) {
    return { outcome: "not_stored", event, error, bytes };
  }
}

function unauthenticated({ why, kind = why }: { why: string; kind?: string }, bytes: number | null): Reception {
  return { outcome: "unauthenticated", why, kind, bytes };
}

/** Those that help to find a delivery in a provider's or a proxy's log, and hold no secret. */
const headersToKeep = ["content-type", "user-agent", "cf-ray", "x-request-id", "x-forwarded-for"];

function keptHeaders(headers: IncomingHttpHeaders, redactor: Redactor): Record<string, string> {
  return Object.fromEntries(
    headersToKeep.flatMap((name) => {
      const value = headerOf(headers, name);
      return value === undefined ? [] : [[name, redactor.body(value)]];
    }),
  );
}
