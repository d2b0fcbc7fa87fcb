export { readKey } from "./key-text.ts";
export { type Scope, scopes } from "./scope.ts";
export { type ApiKey, createKey, findKey, findRevoked, listKeys, noteKeyUse, revokeKey } from "./store.ts";
