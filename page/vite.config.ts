import { defineConfig } from "vite";

import { compressed } from "./dev/compressed.ts";
import { fixtureNode } from "./dev/fixture.ts";

// A node to work against: NADHIR_NODE=http://127.0.0.1:8080 npm run dev. Without one, the fixtures play.
const node = process.env["NADHIR_NODE"];

export default defineConfig({
  plugins: [compressed(), node ? null : fixtureNode()],
  server: node ? { proxy: { "/api": { target: node, changeOrigin: true } } } : {},
  worker: { format: "es" },
  build: {
    outDir: "../src/nadhir/console/built",
    emptyOutDir: true,
    target: "es2022",
    // Nothing inlined: the page's policy allows files of its own origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The map's library is one large file, and comes when the rest is there.
    chunkSizeWarningLimit: 1_200,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
