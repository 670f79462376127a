// Bundles every src/**/*.test.ts and runs them with node's own runner.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../build/static-tests");

function tests(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return tests(path);
    return /\.test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

rmSync(out, { recursive: true, force: true });
const wanted = process.argv.slice(2);
const entryPoints = tests(join(here, "src")).filter((path) => !wanted.length || wanted.some((w) => path.includes(w)));
await build({
  entryPoints,
  outdir: out,
  outbase: join(here, "src"),
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node18",
  alias: { react: "preact/compat", "react/jsx-runtime": "preact/jsx-runtime" },
  jsx: "automatic",
  // Packages in CommonJS form ask for node's own modules.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  logLevel: "warning",
});
const files = entryPoints.map((path) => join(out, path.slice(join(here, "src").length).replace(/\.tsx?$/, ".mjs")));
const done = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit", cwd: here });
process.exit(done.status ?? 1);
