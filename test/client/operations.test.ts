import { createTallyClient, type TallyClient } from "@tally/client";
import { describe, expect, expectTypeOf, it } from "vitest";

import type { operations as Generated } from "../../packages/client/src/openapi.ts";
import { operations } from "../../src/api/openapi/operations.ts";

/** Methods are named after their operations, but for these. */
const otherNames: Readonly<Record<string, string>> = { streamStatus: "watchStatus", streamOverview: "watchOverview" };
type Called = Exclude<keyof TallyClient, "watchStatus" | "watchOverview" | "deleteNotificationEndpoint">;

type Success = 200 | 201 | 202;
type AnswersOf<Responses> = {
  [Status in keyof Responses & Success]: Responses[Status] extends { content: { "application/json": infer Body } }
    ? Body
    : never;
}[keyof Responses & Success];
/** By the generated types: what each operation answers. */
type Described = { [Name in Called]: AnswersOf<Generated[Name]["responses"]> };
/** What each method resolves to. */
type Resolved = { [Name in Called]: Awaited<ReturnType<TallyClient[Name]>> };

describe("the client", () => {
  it("has a method for every operation of /v1, and no other", () => {
    const described = Object.entries(operations).filter(([route]) => route.includes(" /v1/"));
    const ids = described.map(([, { operationId }]) => operationId);
    const names = ids.map((id) => otherNames[id] ?? id);
    const client = createTallyClient({ baseUrl: "http://127.0.0.1", key: "key" });
    expect(Object.keys(client).sort()).toEqual(names.sort());
  });

  it("resolves to what the description says, by the generated types", () => {
    expectTypeOf<Resolved>().toEqualTypeOf<Described>();
    expectTypeOf<Awaited<ReturnType<TallyClient["deleteNotificationEndpoint"]>>>().toBeVoid();
    expectTypeOf<Resolved["getStatus"]>().toHaveProperty("live").toEqualTypeOf<boolean>();
  });
});
