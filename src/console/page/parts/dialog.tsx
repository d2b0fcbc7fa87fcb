import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

import { useSignedIn } from "../signed-in.ts";
import { isSignedOut, wordsOf } from "../tally.ts";
import { Failure } from "./notice.tsx";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** In front of everything: the browser keeps the focus in it, closes it with Esc, and gives the focus back. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={onClose}>
      <header>
        <h2 id={heading}>{title}</h2>
        <button type="button" class="plain" aria-label="Close" onClick={() => dialog.current?.close()}>
          ✕
        </button>
      </header>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  /** What the button says that does it. */
  doIt: string;
  isDangerous?: boolean;
  /** Must be typed first, because it can't be taken back. */
  typed?: string | null;
  isPossible?: boolean;
  run: () => Promise<unknown>;
  onDone: () => void;
  onCancel: () => void;
}

/** The end of a plan: does it, once it is confirmed, and says why if it fails. */
export function Confirm({ doIt, isDangerous, typed = null, isPossible = true, run, onDone, onCancel }: ConfirmProps) {
  const { onSignedOut } = useSignedIn();
  const [text, setText] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const id = useId();
  async function confirm(): Promise<void> {
    setIsBusy(true);
    setError(null);
    try {
      await run();
      onDone();
    } catch (failure) {
      if (isSignedOut(failure)) onSignedOut();
      setError(wordsOf(failure));
    } finally {
      setIsBusy(false);
    }
  }
  return (
    <form
      class="confirm"
      onSubmit={(event) => {
        event.preventDefault();
        void confirm();
      }}
    >
      {typed !== null && (
        <p>
          <label for={id}>
            Type <strong>{typed}</strong> to confirm
          </label>
          <input id={id} value={text} autoComplete="off" onInput={(event) => setText(event.currentTarget.value)} />
        </p>
      )}
      {error !== null && <Failure error={error} />}
      <div class="buttons">
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
        <button
          type="submit"
          class={isDangerous === true ? "danger" : "main"}
          disabled={isBusy || !isPossible || (typed !== null && text !== typed)}
        >
          {isBusy ? "Working …" : doIt}
        </button>
      </div>
    </form>
  );
}
