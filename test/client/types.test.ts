import { execFileSync } from "node:child_process";

import { expect, it } from "vitest";

import { createDocument } from "../../src/api/openapi/document.ts";
import { describedRoutes } from "../../src/api/openapi/router.ts";

it("packages/client/src/openapi.ts is what the API's description says (npm run generate writes it)", async () => {
  const input = JSON.stringify(createDocument(describedRoutes, "https://tally.example"));
  const options = ["--root-types", "--root-types-no-schema-prefix"];
  const types = execFileSync("node_modules/.bin/openapi-typescript", options, { input, encoding: "utf8" });
  await expect(types).toMatchFileSnapshot("../../packages/client/src/openapi.ts");
});
