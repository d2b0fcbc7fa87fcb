export { announce, noticeChannel } from "./announce.ts";
export { AppendUnavailable, createEventLog, type EventLog } from "./append.ts";
export { appendWithin } from "./append-within.ts";
export { attachEvents } from "./attach-events.ts";
export { wakeAudience } from "./audience.ts";
export { isChannelName } from "./channel-name.ts";
export { audienceTypes, hostTypes, sqlList } from "./event-types.ts";
export { retryConflicts } from "./failures.ts";
export { type Feed, openFeed } from "./feed.ts";
export type { EventRow } from "./insert-events.ts";
export type { Appended, NewEvent, Route } from "./new-event.ts";
export { operatorEvent } from "./operator-event.ts";
export { historyOf, type PendingEvent, pendingOf } from "./pending.ts";
export { type EventFilter, filterSql, getEvent, listEvents, listEventsAfter } from "./read.ts";
export { registerChannel } from "./register-channel.ts";
export { registerAs, type Registered, type Registration, RegistrationRefused } from "./registration.ts";
export { type Arrival, claimStrays, resolveRoutes, type Routing } from "./routes.ts";
export { channelsOf, type Selected, selectEvents, type Selection } from "./selection.ts";
export { storableText } from "./storable.ts";
export {
  type EventSource,
  type EventStatus,
  foldableColumns,
  type FoldableEvent,
  type StoredEvent,
} from "./stored-event.ts";
export { quoted, rowsOf, table, type Tables } from "./tables.ts";
