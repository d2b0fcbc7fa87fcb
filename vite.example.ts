import { fileURLToPath } from "node:url";

import { defineConfig } from "vite";

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The page of the example app. */
export default defineConfig({
  root: pathOf("examples/seller-app/page"),
  base: "./",
  publicDir: false,
  build: {
    outDir: pathOf("dist/examples/seller-app/page"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    target: "es2022",
    // hls.js is half a megabyte by itself.
    chunkSizeWarningLimit: 800,
  },
  logLevel: "warn",
});
