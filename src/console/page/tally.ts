import { createTallyClient, TallyProblem } from "@tally/client";

export const tally = createTallyClient({ baseUrl: location.origin, isSignedIn: true });

/** Who is signed in, as the service says. */
export interface Session {
  /** Of the key. */
  name: string;
  scope: "read" | "operate" | "admin";
  expiresAt: string;
}

/** @returns null if nobody is. @throws Error in words if the service can't be asked */
export async function readSession(): Promise<Session | null> {
  const response = await ask("GET");
  if (response.status === 401) return null;
  return sessionOf(response);
}

/** @throws Error in words for people, if the key is wrong or the service can't be asked */
export async function signIn(key: string): Promise<Session> {
  return sessionOf(await ask("POST", { key }));
}

export async function signOut(): Promise<void> {
  const response = await ask("DELETE");
  if (!response.ok) await sessionOf(response);
}

function ask(method: string, body?: object): Promise<Response> {
  return fetch("/console/session", {
    method,
    // The service takes it from nobody else's page.
    headers: { "x-tally-console": "1", ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function sessionOf(response: Response): Promise<Session> {
  if (response.ok) return (await response.json()) as Session;
  const { detail } = (await response.json().catch(() => ({}))) as { detail?: string };
  throw new Error(detail ?? `The service answered HTTP ${response.status}`);
}

/** The session is over, or its key was revoked. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof TallyProblem && error.status === 401;
}

/** What went wrong, for people. */
export function wordsOf(error: unknown): string {
  if (error instanceof TypeError) return "The service can't be reached. Is it running, and are you online?";
  return error instanceof Error ? error.message : String(error);
}
