import { type Door, secretOfDoor, type Sent } from "../../send-webhook.ts";

/** How a target took what was sent. */
export interface Outcome {
  accepted: number;
  /** It had them already. */
  duplicates: number;
  refused: Refusal[];
}

/** Answers that are alike. */
export interface Refusal {
  door: Door;
  status: number;
  /** Of the answer's document; null if it has none. */
  code: string | null;
  deliveries: number;
  /** What it means, and what to do. */
  says: string;
}

export interface Answers {
  /** @returns the refusal that it is, if it is one, and how many of this door have now been refused in a row */
  add: (door: Door, sent: Sent) => { refusal: Refusal; inARow: number } | null;
  outcome: () => Outcome;
}

/** Counts answers. */
export function createAnswers(): Answers {
  const taken = { accepted: 0, duplicates: 0 };
  const refusals = new Map<string, Refusal>();
  const inARow = new Map<Door, number>();

  return {
    add(door, sent) {
      const answer = read(sent);
      if (answer.received) {
        taken[answer.duplicate ? "duplicates" : "accepted"]++;
        inARow.set(door, 0);
        return null;
      }
      const { status } = sent;
      const { code } = answer;
      const key = `${door} ${status} ${code}`;
      const refusal = refusals.get(key) ?? { door, status, code, deliveries: 0, says: meaningOf(door, status, code) };
      refusal.deliveries++;
      refusals.set(key, refusal);
      const count = (inARow.get(door) ?? 0) + 1;
      inARow.set(door, count);
      return { refusal, inARow: count };
    },
    outcome: () => ({ ...taken, refused: [...refusals.values()] }),
  };
}

function read({ status, body }: Sent): { received: boolean; duplicate: boolean; code: string | null } {
  const { received, duplicate, code } = parse(body);
  return {
    received: status === 200 && received === true,
    duplicate: duplicate === true,
    code: typeof code === "string" ? code.slice(0, 50) : null,
  };
}

function parse(body: string): { received?: unknown; duplicate?: unknown; code?: unknown } {
  try {
    return Object(JSON.parse(body)) as object;
  } catch {
    return {};
  }
}

function meaningOf(door: Door, status: number, code: string | null): string {
  const secret = secretOfDoor[door];
  if (status === 401) return `wrong secret: set TARGET_${secret} to what ${secret} is there`;
  if (code === "address_refused") return "it takes Agora's addresses only: unset AGORA_NCS_ALLOW_LIST there";
  if (status === 503) return "it couldn't store it just now: the same command again sends what is missing";
  return "no answer of a Tally that takes webhooks: is the address right?";
}
