import { Validator } from "@seriousme/openapi-schema-validator";
import { beforeAll, describe, expect, it } from "vitest";

import { answers, requests } from "../../src/api/openapi/components.ts";
import { operations } from "../../src/api/openapi/operations.ts";
import { describedRoutes } from "../../src/api/openapi/router.ts";
import { problemCodes } from "../../src/api/problem.ts";
import { openApiAnswer } from "../../src/api/schemas.ts";
import { type Service, useService } from "./service.ts";

const started = useService();
let service: Service;
let document: OpenApiDocument;
beforeAll(async () => {
  service = started();
  const response = await service.anonymous.get("/openapi.json").expect(200);
  document = openApiAnswer.parse(response.body) as unknown as OpenApiDocument;
});

interface OpenApiDocument {
  info: { description: string };
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, { description?: string; properties?: Record<string, unknown> }> };
}

interface OperationObject {
  operationId: string;
  security: Record<string, unknown>[];
  parameters: { name: string; in: string; required: boolean; description?: string; schema: Record<string, unknown> }[];
  responses: Record<string, { content?: Record<string, { schema: unknown; examples?: Record<string, unknown> }> }>;
}

describe("GET /openapi.json", () => {
  it("is a valid document of OpenAPI 3.1, for anybody", async () => {
    const result = await new Validator().validate(structuredClone(document) as unknown as Record<string, unknown>);
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(document).toMatchObject({ openapi: "3.1.1", servers: [{ url: "http://127.0.0.1" }] });
  });

  it("describes every route, and describes no route that isn't there", () => {
    const routes = describedRoutes.map(({ method, path }) => `${method} ${path}`);
    expect(Object.keys(operations).sort()).toEqual([...routes].sort());
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described.sort()).toEqual([...routes].sort());
  });

  it("gives each operation an id of its own, and names each parameter of its path", () => {
    const ids = Object.values(operations).map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [path, methods] of Object.entries(document.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { operationId, parameters } of Object.values(methods)) {
        const described = parameters.filter((parameter) => parameter.in === "path");
        expect(described, operationId).toEqual(
          inPath.map((name) => expect.objectContaining({ name, required: true }) as unknown),
        );
      }
    }
  });

  it("says what each property and each parameter is", () => {
    const undescribed: string[] = [];
    let described = 0;
    const note = (where: string, { description }: { description?: unknown }) => {
      if (typeof description === "string" && description.endsWith(".")) described++;
      else undescribed.push(where);
    };
    const visit = (where: string, value: unknown) => {
      if (typeof value !== "object" || value === null) return;
      const { properties = {}, ...rest } = value as { properties?: Record<string, object> };
      for (const [name, property] of Object.entries(properties)) note(`${where}.${name}`, property);
      for (const [name, inner] of Object.entries({ ...rest, ...properties })) visit(`${where}.${name}`, inner);
    };
    for (const [id, schema] of Object.entries(document.components.schemas)) {
      note(id, schema);
      visit(id, schema);
    }
    for (const { operationId, parameters } of Object.values(document.paths).flatMap((methods) =>
      Object.values(methods),
    )) {
      for (const parameter of parameters) note(`${operationId}(${parameter.name})`, parameter);
    }
    expect(undescribed).toEqual([]);
    expect(described).toBeGreaterThan(150);
  });

  it("has examples that fit the schemas that validate", () => {
    const examples = [...answers, ...requests].flatMap(({ schema, id, examples = [] }) =>
      examples.map((example) => ({ schema, id, example })),
    );
    expect(examples.length).toBeGreaterThan(5);
    for (const { id, example, schema } of examples) {
      expect({ id, result: schema.safeParse(example) }).toMatchObject({ id, result: { success: true } });
    }
  });

  it("tells the HTTP status and the meaning of every problem's code", () => {
    for (const code of problemCodes) {
      expect(document.info.description).toMatch(new RegExp(`\`${code}\` \\| \\d{3} \\| \\w`));
    }
  });

  it("asks for the key where the service does, and nowhere else", async () => {
    for (const { method, path, scope, acceptsToken } of describedRoutes) {
      const response = await service.anonymous[method as "get"](path.replaceAll(/[{}]/g, ""));
      expect({ path, isRefused: response.status === 401 }).toEqual({ path, isRefused: scope !== undefined });
      expect(document.paths[path]?.[method]?.security).toEqual([
        ...(scope === undefined ? [] : [{ key: [] }]),
        ...(acceptsToken ? [{ token: [] }] : []),
      ]);
    }
  });

  it("tells the bounds of what a query may hold", () => {
    expect(document.paths["/v1/channels"]?.get?.parameters).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: "limit",
          required: false,
          schema: { type: "integer", minimum: 1, maximum: 1000, default: 100 },
        }),
      ]),
    );
  });
});
