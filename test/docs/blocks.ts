import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = fileURLToPath(new URL("../../docs/integrate.md", import.meta.url));

/** The code in docs/integrate.md, by the name in each block's first line. */
export const blocks: ReadonlyMap<string, string> = new Map(
  [...readFileSync(path, "utf8").matchAll(/^```tsx?\n(\/\/ (\S+)\n.*?)^```$/gms)].map(([, code = "", name = ""]) => [
    name,
    code,
  ]),
);
