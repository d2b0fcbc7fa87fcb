import type createFetchClient from "openapi-fetch";

import type { operations, paths } from "./openapi.ts";

export interface CallOptions {
  /** Ends the call. */
  signal?: AbortSignal;
}

export type FetchClient = ReturnType<typeof createFetchClient<paths>>;

export type Query<Operation extends keyof operations> = NonNullable<operations[Operation]["parameters"]["query"]>;

/** What isn't data was thrown already. */
export async function dataOf<Data>(answer: Promise<{ data?: Data }>): Promise<NonNullable<Data>> {
  const { data } = await answer;
  if (data == null) throw new TypeError("The service answered without a body");
  return data;
}
