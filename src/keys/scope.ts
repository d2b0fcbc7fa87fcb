/** What somebody may do; each includes those before it. */
export const scopes = ["read", "operate", "admin"] as const;
export type Scope = (typeof scopes)[number];
