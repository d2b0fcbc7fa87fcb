import { decodeProtectedHeader } from "jose";

/** The `typ` of a JWT's header, which nothing has proven yet; empty if it has none, null if the text is no JWT. */
export function typeOf(text: string): string | null {
  if (text.split(".").length !== 3) return null;
  try {
    return decodeProtectedHeader(text).typ ?? "";
  } catch {
    return null;
  }
}
