// Time one peer of the browser world on one IFC file; copied beside its node_modules by benchmarks/ifc_scale.py.
// node peers.mjs web-ifc|fragments FILE  ->  {"seconds", "cpu_seconds", "peak_mib"}
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { createRequire } from "node:module";

const [peer, path] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const folder = dirname(require.resolve("web-ifc")) + "/";

async function webIfc(bytes) {
  const { IfcAPI } = require("web-ifc");
  const api = new IfcAPI();
  await api.Init();
  const model = api.OpenModel(bytes);
  let triangles = 0;
  api.StreamAllMeshes(model, (mesh) => {
    for (let at = 0; at < mesh.geometries.size(); at++) {
      const geometry = api.GetGeometry(model, mesh.geometries.get(at).geometryExpressID);
      api.GetVertexArray(geometry.GetVertexData(), geometry.GetVertexDataSize());
      triangles += api.GetIndexArray(geometry.GetIndexData(), geometry.GetIndexDataSize()).length / 3;
      geometry.delete();
    }
  });
  return triangles;
}

async function fragments(bytes) {
  const { IfcImporter } = await import("@thatopen/fragments");
  const importer = new IfcImporter();
  importer.wasm = { path: folder, absolute: true };
  return (await importer.process({ bytes })).length;
}

const work = { "web-ifc": webIfc, fragments }[peer];
const started = performance.now();
const used = process.cpuUsage();
console.log = () => {}; // the libraries talk
const result = await work(new Uint8Array(readFileSync(path)));
const cpu = process.cpuUsage(used);
process.stdout.write(
  JSON.stringify({
    seconds: (performance.now() - started) / 1000,
    cpu_seconds: (cpu.user + cpu.system) / 1e6,
    peak_mib: process.resourceUsage().maxRSS / 1024,
    result,
  }) + "\n",
);
process.exit(0);
