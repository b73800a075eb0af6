// Bundles the pages into the folder given; converts models to .frag: node build.mjs FOLDER [MODEL.ifc …]
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = fileURLToPath(new URL("./", import.meta.url));
const [out, ...models] = process.argv.slice(2);
await mkdir(join(out, "models"), { recursive: true });
await esbuild.build({ absWorkingDir: here, entryPoints: ["fragments.js", "web-ifc.js", "tiles.js"], outdir: out, bundle: true, minify: true, format: "esm", target: "es2022", external: ["module", "fs", "path", "crypto"], logLevel: "error" });
await esbuild.build({ absWorkingDir: here, entryPoints: ["node_modules/@thatopen/fragments/dist/Worker/worker.mjs"], outfile: join(out, "fragments-worker.js"), bundle: true, minify: true, format: "esm", target: "es2022", logLevel: "error" });
await copyFile(join(here, "node_modules/web-ifc/web-ifc.wasm"), join(out, "web-ifc.wasm"));
for (const name of ["fragments", "web-ifc", "tiles"]) {
  await writeFile(join(out, `${name}.html`), `<!doctype html><style>html,body,canvas{margin:0;width:100%;height:100%;display:block}</style><canvas></canvas><script type="module" src="${name}.js"></script>`);
}
if (models.length) {
  const { IfcImporter } = await import("@thatopen/fragments");
  for (const model of models) {
    const importer = new IfcImporter();
    importer.wasm = { path: join(here, "node_modules/web-ifc/"), absolute: true };
    try {
      const started = process.cpuUsage();
      const bytes = await importer.process({ bytes: new Uint8Array(await readFile(model)) });
      const used = process.cpuUsage(started);
      await writeFile(join(out, "models", `${basename(model, ".ifc")}.frag`), bytes);
      console.log(JSON.stringify({ model: basename(model), bytes: bytes.length, cpu_s: (used.user + used.system) / 1e6 }));
    } catch (error) {
      console.log(JSON.stringify({ model: basename(model), error: String(error) }));
    }
  }
}
