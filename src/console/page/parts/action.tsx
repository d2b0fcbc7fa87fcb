import { useId } from "preact/hooks";

import { useSignedIn } from "../signed-in.ts";

interface ActionProps {
  label: string;
  isDangerous?: boolean;
  /** Why it is not possible now; null if it is. */
  why?: string | null;
  onClick: () => void;
}

/** A button that changes something: with a key that may only read it says so, and does nothing. */
export function Action({ label, isDangerous = false, why = null, onClick }: ActionProps) {
  const { mayOperate } = useSignedIn();
  const id = useId();
  const reason = mayOperate ? why : "Your key may only read";
  return (
    <span class="action">
      <button
        type="button"
        class={isDangerous ? "danger" : ""}
        aria-disabled={reason !== null}
        aria-describedby={reason === null ? undefined : id}
        onClick={() => {
          if (reason === null) onClick();
        }}
      >
        {label}
      </button>
      {reason !== null && (
        <small id={id} class="quiet">
          {reason}
        </small>
      )}
    </span>
  );
}
