/** Frames a second of the map with 500 moving objects, trails and labels, drawn in software by headless Chromium under
 * the console's own content policy. Run it on a quiet machine: it measures whatever else runs.
 *
 *     node bench/frames.mjs [--objects 500] [--seconds 20]
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { build, preview } from "vite";

const { values } = parseArgs({
  options: {
    objects: { type: "string", default: "500" },
    seconds: { type: "string", default: "20" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
    picture: { type: "string" },
  },
});
const outDir = mkdtempSync(join(tmpdir(), "frames-"));
const config = { root: import.meta.dirname, configFile: false, logLevel: "error", worker: { format: "es" } };
await build({ ...config, build: { outDir, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 } });
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self'; connect-src 'self'";
const server = await preview({
  ...config,
  build: { outDir },
  preview: { port: 0, headers: { "Content-Security-Policy": POLICY } },
});
const browser = await chromium.launch({
  executablePath: values.chromium,
  args: ["--headless=new", "--no-sandbox", "--disable-background-networking", "--use-gl=angle", "--use-angle=swiftshader"],
});
try {
  for (const map of ["flat", "globe"]) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(180_000);
    page.on("console", (message) => message.type() === "error" && console.error(`${map}: ${message.text()}`));
    await page.goto(`${server.resolvedUrls.local[0]}?map=${map}&objects=${values.objects}`);
    await page.waitForFunction(() => document.querySelector("nadhir-map")?.shadowRoot?.querySelector("canvas"));
    // What is drawn first is dear: shaders, fonts, the finer basemap.
    await page.evaluate((seconds) => globalThis.measure(seconds, true), Number(values.seconds) / 2);
    for (const moving of [false, true]) {
      const frames = await page.evaluate(([seconds, moving]) => globalThis.measure(seconds, moving), [Number(values.seconds), moving]);
      const sorted = frames.toSorted((a, b) => a - b);
      console.log(
        `${map}, map ${moving ? "moving" : "at rest"}: ${values.objects} objects, frames/s median ` +
          `${(1 / sorted[sorted.length >> 1]).toFixed(1)}, least in any second ${Math.min(...secondsOf(frames))}, ` +
          `longest frame ${(1000 * sorted.at(-1)).toFixed(0)} ms`,
      );
    }
    if (values.picture) await page.screenshot({ path: `${values.picture}-${map}.png` });
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
  rmSync(outDir, { recursive: true });
}

/** How many frames began in each whole second. */
function secondsOf(frames) {
  const counts = [];
  let passed = 0;
  for (const frame of frames) {
    passed += frame;
    const second = Math.floor(passed);
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return Array.from(counts, (count) => count ?? 0).slice(0, -1);
}
