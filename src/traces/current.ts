import { AsyncLocalStorage } from "node:async_hooks";

import { reasonOf } from "../reason-of.ts";
import { noSpan, type Span } from "./span.ts";

const storage = new AsyncLocalStorage<Span>();

/** The span that whatever calls this belongs to: its log lines, the events that it appends, the calls that it makes. */
export function currentSpan(): Span {
  return storage.getStore() ?? noSpan;
}

/** Runs work as part of a span, which stays open. */
export function within<T>(span: Span, work: () => T): T {
  return storage.run(span, work);
}

/** Runs work as part of no span: what several asked for, or what goes on when whoever began it is done. */
export function apart<T>(work: () => T): T {
  return storage.run(noSpan, work);
}

/** Runs work as all of a span: it ends with it, and fails if that throws. */
export async function spanned<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await within(span, work);
  } catch (error) {
    span.fail(reasonOf(error));
    throw error;
  } finally {
    span.end();
  }
}
