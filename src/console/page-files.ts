import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** `src/console/x.ts` and `dist/src/console/x.js` both mean `dist/console/page`. */
const built = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/console/page" : "../../console/page",
  import.meta.url,
);

/** The folder of the built page, by default that of `npm run build`, and its HTML; null if it isn't built. */
export function readPage(folder: string = fileURLToPath(built)): { folder: string; html: string | null } {
  try {
    return { folder, html: readFileSync(`${folder}/index.html`, "utf8") };
  } catch {
    return { folder, html: null };
  }
}
