import { Router } from "express";

import { operation } from "../../http/index.ts";
import type { Operation, World } from "../../world/index.ts";
import { type ConverterHandler, converterHandler } from "./converter-handler.ts";
import { createConverter } from "./create-converter.ts";
import { getConverter } from "./get-converter.ts";
import { guardConverters, type Limit } from "./guard-converters.ts";
import { listConverters } from "./list-converters.ts";
import { removeConverter } from "./remove-converter.ts";
import { updateConverter } from "./update-converter.ts";

/** Media Push (Agora docs: media-push/develop/restful-api). @param world - the present one */
export function mediaPushRoutes(world: () => World): Router {
  const router = Router();
  const project = "/v1/projects/:appid";
  const all = `/:region${project}/rtmp-converters`;
  const one = `${all}/:converterId`;

  const on = (name: Operation, limit: Limit, handle: ConverterHandler) =>
    operation(name, world, guardConverters(name, limit), converterHandler(handle));

  router.post(all, on("create_converter", "project", createConverter));
  router.get(one, on("get_converter", "converter", getConverter));
  router.patch(one, on("update_converter", "update", updateConverter));
  router.delete(one, on("remove_converter", "project", removeConverter));
  router.get(
    [`${project}/rtmp-converters`, `${project}/channels/:cname/rtmp-converters`],
    on("list_converters", "project", listConverters),
  );
  return router;
}
