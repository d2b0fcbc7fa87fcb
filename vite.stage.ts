import { fileURLToPath } from "node:url";

import { defineConfig } from "vite";

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The stage's page, served at /stage/{token}; what it loads is at /stage/-/. */
export default defineConfig({
  root: pathOf("src/stage/page"),
  base: "./",
  publicDir: false,
  build: {
    outDir: pathOf("dist/stage"),
    emptyOutDir: true,
    assetsDir: "-",
    assetsInlineLimit: 0,
    modulePreload: false,
    // Which Chrome Agora records with, its documents don't say.
    target: "es2020",
    // Agora's SDK is 1.6 MB by itself.
    chunkSizeWarningLimit: 2_500,
  },
  logLevel: "warn",
});
