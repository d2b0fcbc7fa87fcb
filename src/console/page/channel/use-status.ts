import type { Status } from "@tally/client";
import { useEffect, useState } from "preact/hooks";

import { useSignedIn } from "../signed-in.ts";
import { isSignedOut, tally, wordsOf } from "../tally.ts";

/** A channel's status, followed; `error` is why it isn't. */
export function useStatus(channel: string): { status: Status | null; error: string | null } {
  const { onSignedOut } = useSignedIn();
  const [state, setState] = useState<{ status: Status | null; error: string | null }>({ status: null, error: null });
  useEffect(() => {
    const abort = new AbortController();
    const lose = (error: unknown) => setState((old) => ({ ...old, error: wordsOf(error) }));
    const onState = (connection: string, error?: unknown) => {
      if (connection === "connecting" && error !== undefined) lose(error);
    };
    async function follow(): Promise<void> {
      const reconnect = { firstMs: 500, mostMs: 10_000 };
      for await (const status of tally.watchStatus(channel, { signal: abort.signal, onState, reconnect })) {
        setState({ status, error: null });
      }
    }
    follow().catch((error: unknown) => {
      if (isSignedOut(error)) onSignedOut();
      else lose(error);
    });
    return () => abort.abort();
  }, [channel]);
  return state;
}
