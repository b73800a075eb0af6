/**
 * Build the vendored third-party modules of the viewer, reproducibly.
 *
 * `node build.mjs` builds and compares with vendor.lock.json (differing bytes fail the build);
 * `node build.mjs --write` records the new hashes after a deliberate change of versions.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = new URL("./", import.meta.url);
const out = new URL("../static/vendor/", here);
const lockFile = new URL("vendor.lock.json", here);
const PACKAGES = [
  { name: "three", licence: "LICENSE" },
  { name: "meshoptimizer", licence: "LICENSE.md" },
];

/** @param {string | Uint8Array} bytes */
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Bundle a module and what it imports into one minified ES module. @param {string} entry */
async function bundle(entry) {
  const result = await esbuild.build({
    absWorkingDir: fileURLToPath(here),
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    write: false,
    logLevel: "warning",
  });
  return result.outputFiles[0].contents;
}

/** Read version and licence text of every bundled package. */
async function licences() {
  const packages = [];
  const texts = [];
  for (const { name, licence } of PACKAGES) {
    const folder = new URL(`node_modules/${name}/`, here);
    const { version, license } = JSON.parse(await readFile(new URL("package.json", folder), "utf8"));
    packages.push({ name, version, license });
    texts.push(`${name} ${version} (${license})\n\n${(await readFile(new URL(licence, folder), "utf8")).trim()}\n`);
  }
  return { packages, text: texts.join(`\n${"-".repeat(72)}\n\n`) };
}

const { packages, text } = await licences();
const files = { "vendor3d.js": await bundle("entry.js"), "meshopt.js": await bundle("meshopt.js"), "LICENSES.txt": Buffer.from(text) };
const built = {
  packages,
  builder: { name: "esbuild", version: esbuild.version },
  files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }])),
};
const lockText = `${JSON.stringify(built, null, 2)}\n`;

if (process.argv.includes("--write")) {
  await writeFile(lockFile, lockText);
} else if ((await readFile(lockFile, "utf8")) !== lockText) {
  console.error("The built vendor files differ from vendor.lock.json:\n", lockText);
  console.error("If the change is meant, run `node build.mjs --write` and commit the lock.");
  process.exit(1);
}
await mkdir(out, { recursive: true });
for (const [name, bytes] of Object.entries(files)) await writeFile(new URL(name, out), bytes);
console.log(Object.entries(built.files).map(([name, { bytes }]) => `${name} ${bytes} bytes`).join(", "));
