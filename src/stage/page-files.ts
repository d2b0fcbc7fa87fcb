import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The built page: its HTML, and the folder of what that loads, under names that change with their content. */
export interface PageFiles {
  html: string;
  assets: string;
}

/** `src/stage/x.ts` and `dist/src/stage/x.js` both mean `dist/stage/`. */
const built = new URL(import.meta.url.endsWith(".ts") ? "../../dist/stage/" : "../../stage/", import.meta.url);

/**
 * @param folder - of the build; by default that of `npm run build`
 * @throws Error if it isn't built
 */
export function readPageFiles(folder: string = fileURLToPath(built)): PageFiles {
  try {
    return { html: readFileSync(`${folder}/index.html`, "utf8"), assets: `${folder}/-` };
  } catch (error) {
    throw new Error(`The stage's page is not in ${folder}: build it with npm run build`, { cause: error });
  }
}
