import type {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_PATH,
} from "@opentelemetry/semantic-conventions";
import type {
  ATTR_MESSAGING_DESTINATION_NAME,
  ATTR_MESSAGING_OPERATION_NAME,
  ATTR_MESSAGING_OPERATION_TYPE,
  ATTR_MESSAGING_SYSTEM_NAME,
} from "@opentelemetry/semantic-conventions/incubating";

/** Names of OpenTelemetry's semantic conventions: taken as types, so that the compiler knows them and nothing is loaded. */
type StandardName =
  | typeof ATTR_DB_COLLECTION_NAME
  | typeof ATTR_DB_OPERATION_NAME
  | typeof ATTR_DB_SYSTEM_NAME
  | typeof ATTR_ERROR_TYPE
  | typeof ATTR_HTTP_REQUEST_METHOD
  | typeof ATTR_HTTP_REQUEST_RESEND_COUNT
  | typeof ATTR_HTTP_RESPONSE_STATUS_CODE
  | typeof ATTR_HTTP_ROUTE
  | typeof ATTR_MESSAGING_DESTINATION_NAME
  | typeof ATTR_MESSAGING_OPERATION_NAME
  | typeof ATTR_MESSAGING_OPERATION_TYPE
  | typeof ATTR_MESSAGING_SYSTEM_NAME
  | typeof ATTR_SERVER_ADDRESS
  | typeof ATTR_SERVER_PORT
  | typeof ATTR_URL_PATH;

/** Ours. Ids are those of the log, the API and the database. */
type OwnName =
  | "tally.attempt"
  | "tally.call_id"
  | "tally.catch_up_id"
  | "tally.channel"
  | "tally.channel_id"
  | "tally.decisions"
  | "tally.effect_id"
  | "tally.effect_type"
  | "tally.event_id"
  | "tally.event_ids"
  | "tally.event_type"
  | "tally.notification_id"
  | "tally.outcome"
  | "tally.request_id"
  | "tally.version";

type Value = string | number | boolean | string[] | number[];

/** What is said of a span; what is null or undefined is left out. */
export type Attributes = Partial<Record<StandardName | OwnName, Value | null | undefined>>;
