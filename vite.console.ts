import { fileURLToPath } from "node:url";

import { defineConfig } from "vite";

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The operators' page, served at every address under /console; what it loads is at /console/-/. */
export default defineConfig({
  root: pathOf("src/console/page"),
  base: "/console/",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: pathOf("dist/console/page"),
    emptyOutDir: true,
    assetsDir: "-",
    assetsInlineLimit: 0,
    modulePreload: false,
    target: "es2022",
    // hls.js is half a megabyte by itself, and loaded when somebody asks for a picture.
    chunkSizeWarningLimit: 800,
  },
  logLevel: "warn",
});
