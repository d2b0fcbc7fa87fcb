import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "vite";

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Builds the page as `npm run build` does, with the stand-in in the place of Agora's SDK. @returns its folder */
export async function buildPageWithStandIn(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), "tally-stage-page-"));
  await build({
    configFile: pathOf("../../../vite.stage.ts"),
    resolve: { alias: { "agora-rtc-sdk-ng": pathOf("agora-stand-in.ts") } },
    build: { outDir, emptyOutDir: false },
  });
  return outDir;
}
