import { createContext } from "preact";
import { useContext } from "preact/hooks";

import type { Session } from "./tally.ts";

export interface SignedIn {
  session: Session;
  /** Whether the key may change something. */
  mayOperate: boolean;
  /** The service doesn't know the browser any more: shows the sign-in, and after it the same place. */
  onSignedOut: () => void;
}

export const SignedInContext = createContext<SignedIn | null>(null);

/** @throws outside of what is shown to those who are signed in */
export function useSignedIn(): SignedIn {
  const signedIn = useContext(SignedInContext);
  if (signedIn === null) throw new Error("Nobody is signed in");
  return signedIn;
}
