import type { Decision } from "./events/decision.ts";
import type { PresenceDoubted } from "./events/doubt.ts";
import type { VideoExpired } from "./events/expiry.ts";
import type { OperatorEvent } from "./events/operator.ts";
import type { Outcome } from "./events/outcome.ts";
import type { ProviderEvent } from "./events/provider.ts";

export type * from "./events/decision.ts";
export type * from "./events/doubt.ts";
export type * from "./events/expiry.ts";
export type * from "./events/operator.ts";
export type * from "./events/outcome.ts";
export type * from "./events/provider.ts";
export type * from "./events/shared.ts";

/**
 * What the core of a channel can learn. One member of `LiveEvent` per fact, past tense, in our words: a provider's
 * numbers and field names end in `webhooks/` and `providers/`.
 *
 * Times named `at` are ours (milliseconds since 1970, the database's clock). Times named `ts`, `sentAt` and `updatedAt`
 * are a provider's, and are only ever compared with times of the same provider and the same thing.
 */
export type LiveEvent = ProviderEvent | OperatorEvent | PresenceDoubted | VideoExpired | Decision | Outcome;
