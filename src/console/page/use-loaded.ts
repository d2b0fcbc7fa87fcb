import { useCallback, useEffect, useState } from "preact/hooks";

import { useSignedIn } from "./signed-in.ts";
import { isSignedOut, wordsOf } from "./tally.ts";

export interface Loaded<Value> {
  /** What came last; null before the first. It stays while another is loaded. */
  value: Value | null;
  /** Why nothing came, in words. */
  error: string | null;
  isLoading: boolean;
  reload: () => void;
}

/**
 * Loads when it is first shown, and whenever `key` or `version` changes or a reload is asked for.
 *
 * @param key - what is loaded: another one empties what is shown
 * @param version - which of it: another one is loaded in the place of what is shown
 */
export function useLoaded<Value>(
  key: string,
  load: (signal: AbortSignal) => Promise<Value>,
  version: string | number = "",
): Loaded<Value> {
  const { onSignedOut } = useSignedIn();
  const [asked, setAsked] = useState(0);
  const [state, setState] = useState<{ key: string; value: Value | null; error: string | null; isLoading: boolean }>({
    key,
    value: null,
    error: null,
    isLoading: true,
  });
  useEffect(() => {
    const abort = new AbortController();
    setState((old) => ({ key, value: old.key === key ? old.value : null, error: null, isLoading: true }));
    load(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setState({ key, value, error: null, isLoading: false });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        if (isSignedOut(error)) onSignedOut();
        setState((old) => ({ ...old, error: wordsOf(error), isLoading: false }));
      },
    );
    return () => abort.abort();
  }, [key, asked, version]);
  const reload = useCallback(() => setAsked((n) => n + 1), []);
  const { value, error, isLoading } = state.key === key ? state : { value: null, error: null, isLoading: true };
  return { value, error, isLoading, reload };
}
