import { useState } from "preact/hooks";

import { Failure } from "./parts/notice.tsx";
import { Page } from "./parts/page.tsx";
import { type Session, signIn, wordsOf } from "./tally.ts";

interface SignInProps {
  /** Somebody was signed in until now. */
  wasSignedIn: boolean;
  onSignedIn: (session: Session) => void;
}

/** Takes a key, and keeps none: the browser gets a cookie that no script reads. */
export function SignIn({ wasSignedIn, onSignedIn }: SignInProps) {
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  async function submit(form: HTMLFormElement): Promise<void> {
    const key = new FormData(form).get("key");
    setIsBusy(true);
    setError(null);
    try {
      onSignedIn(await signIn(typeof key === "string" ? key.trim() : ""));
    } catch (failure) {
      setError(wordsOf(failure));
      form.querySelector("input")?.focus();
    } finally {
      setIsBusy(false);
    }
  }
  return (
    <main class="sign-in">
      <Page title="Sign in">
        {wasSignedIn && error === null && (
          <p class="notice" role="status">
            Your session is over. After signing in you are back where you were.
          </p>
        )}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void submit(event.currentTarget);
          }}
        >
          <label for="key">API key</label>
          <input
            id="key"
            name="key"
            type="password"
            autoComplete="current-password"
            required
            aria-describedby="about"
          />
          {error !== null && <Failure error={error} />}
          <button type="submit" class="main" disabled={isBusy}>
            {isBusy ? "Signing in …" : "Sign in"}
          </button>
          <p id="about" class="quiet">
            <code>tally keys create</code> makes one. With the scope <em>read</em> you see everything and change
            nothing.
          </p>
        </form>
      </Page>
    </main>
  );
}
