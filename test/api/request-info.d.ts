/** A browser's type, which `@trpc/client` names and Node's types have not. */
type RequestInfo = string | Request;
