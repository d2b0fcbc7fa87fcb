import type { ComponentChildren } from "preact";

import type { Loaded } from "../use-loaded.ts";

/** Something went wrong, in words. */
export function Failure({ error, onRetry }: { error: string; onRetry?: () => void }) {
  return (
    <p class="notice bad" role="alert">
      {error}
      {onRetry !== undefined && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </p>
  );
}

/** What was loaded, as soon as it is there; else why not. */
export function Shown<Value>({
  loaded: { value, error, reload },
  children,
}: {
  loaded: Loaded<Value>;
  children: (value: Value) => ComponentChildren;
}) {
  return (
    <>
      {error !== null && <Failure error={error} onRetry={reload} />}
      {value !== null ? children(value) : error === null && <p class="quiet">Loading …</p>}
    </>
  );
}
