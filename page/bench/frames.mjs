/** Frames a second of the map with 500 moving objects, trails and labels, drawn in software by headless Chromium under
 * the console's own content policy. Frames a second depend on whatever else runs; the processor's time for a frame, of all
 * of the browser's processes together, hardly does (Linux).
 *
 *     node bench/frames.mjs [--objects 500] [--seconds 20]
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
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
const program = await chromium.launchServer({
  executablePath: values.chromium,
  args: ["--headless=new", "--no-sandbox", "--disable-background-networking", "--use-gl=angle", "--use-angle=swiftshader"],
});
const browser = await chromium.connect(program.wsEndpoint());
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
      const before_ms = processorTime_ms(program.process().pid);
      const frames = await page.evaluate(([seconds, moving]) => globalThis.measure(seconds, moving), [Number(values.seconds), moving]);
      const frame_ms = (processorTime_ms(program.process().pid) - before_ms) / (frames.length + 1);
      const sorted = frames.toSorted((a, b) => a - b);
      console.log(
        `${map}, map ${moving ? "moving" : "at rest"}: ${values.objects} objects, frames/s median ` +
          `${(1 / sorted[sorted.length >> 1]).toFixed(1)}, least in any second ${Math.min(...secondsOf(frames))}, ` +
          `longest frame ${(1000 * sorted.at(-1)).toFixed(0)} ms, processor ${frame_ms.toFixed(0)} ms a frame, ` +
          `load ${loadavg()[0].toFixed(1)}`,
      );
    }
    if (values.picture) await page.screenshot({ path: `${values.picture}-${map}.png` });
    await page.close();
  }
} finally {
  await program.close();
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

/** Time that a process and all that it has begun have had of the processors (proc(5)); clock ticks are a hundredth of a second. */
function processorTime_ms(first) {
  const begun = new Map();
  const time = new Map();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
      const parent = Number(fields[1]);
      begun.set(parent, [...(begun.get(parent) ?? []), Number(name)]);
      time.set(Number(name), 10 * (Number(fields[11]) + Number(fields[12])));
    } catch {
      // It ended meanwhile.
    }
  }
  const sum = (process) => (time.get(process) ?? 0) + (begun.get(process) ?? []).reduce((all, child) => all + sum(child), 0);
  return sum(first);
}
