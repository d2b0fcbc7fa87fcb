import { randomUUID } from "node:crypto";

import type { Call, Handler } from "../../http/index.ts";
import type { World } from "../../world/index.ts";

/**
 * A call of Media Push.
 *
 * @param requestId - `X-Request-ID`, the caller's own or a new one
 * @returns the body of the answer, which is empty without one, and the converter that it is about
 */
export type ConverterHandler = (world: World, call: Call, requestId: string) => { converterId?: string; body?: object };

/**
 * Adds the headers of the documents. A refusal has none: "may be missing" (Agora docs, create: response header).
 */
export function converterHandler(handle: ConverterHandler): Handler<World> {
  return (world, call) => {
    const given = call.headers["x-request-id"];
    const ownId = typeof given === "string" && given !== "" ? given : null;
    const requestId = ownId ?? randomUUID();
    const { converterId, body } = handle(world, call, requestId);
    return {
      status: 200,
      body,
      headers: {
        "x-request-id": requestId,
        ...(ownId === null ? {} : { "x-custom-request-id": ownId }),
        ...(converterId === undefined ? {} : { "x-resource-id": converterId }),
      },
    };
  };
}
