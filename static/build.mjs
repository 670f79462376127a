// Builds the browser application into ../build/static: index.html, assets with a hash of their content in the name and
// their gzip and brotli forms beside them, the API's description. `--dev` leaves names and sizes readable; STATIC_OUT is another folder.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.env.STATIC_OUT ?? join(here, "../build/static");
const development = process.argv.includes("--dev");

/** Rules of React Flow's parts that nobody shows: map, buttons, handles for resizing, texts of edges, its name. */
const UNUSED_STYLES = /^[^{}]*(minimap|controls|resize|edge-?text|attribution|background)[^{}]*\{[^{}]*\}\n/gm;

/** Parts of packages that nothing here uses, but which esbuild has to take for used. Each is a filter and what is made
    of the file's text. */
const UNUSED = [
  // React Flow: making or naming a part has no effect, so those that nobody shows are left out.
  [
    /@xyflow.react.dist.esm.index\.m?js$/,
    (text) => text.replace(/= (memo|forwardRef)\(/g, "= /* @__PURE__ */ $1(").replace(/^\w+\.displayName = .*;$/gm, ""),
  ],
  // Its styles of such parts.
  [/@xyflow.react.dist.base\.css$/, (text) => text.replace(UNUSED_STYLES, "")],
  // yaml: documents are read with YAML 1.2's schemas, and changed by patches of their text, never written.
  [/yaml.browser.dist.(stringify.\w+|schema.yaml-1\.1.[a-ln-z]\w+)\.js$/, (text) => exportsOf(text, "undefined")],
  // d3: the canvas moves, it never fades from colour to colour.
  [
    /d3-color.dist.d3-color\.mjs$/,
    () => exportsOf("export { color, rgb, hsl, lab, hcl, lch, gray, cubehelix };", "() => null"),
  ],
];

function exportsOf(text, value) {
  const names = [...text.matchAll(/^export \{ (.+) \};$/gm)].flatMap(([, list]) => list.split(", "));
  return names.map((name) => `export const ${name} = ${value};`).join("\n");
}

const withoutUnused = {
  name: "without-unused",
  setup(build) {
    for (const [filter, change] of UNUSED)
      build.onLoad({ filter }, ({ path }) => ({
        contents: change(readFileSync(path, "utf8")),
        loader: path.endsWith(".css") ? "css" : "js",
      }));
  },
};

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: !development,
  sourcemap: false,
  target: ["chrome111", "firefox115", "safari16.4"],
  outdir: join(out, "assets"),
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  publicPath: "/assets",
  loader: { ".svg": "file", ".woff2": "file" },
  alias: { react: "preact/compat", "react-dom": "preact/compat", "react/jsx-runtime": "preact/jsx-runtime" },
  jsx: "automatic",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
};

/** The path that a browser asks for, of the output made from an entry point. */
function outputOf(result, entry) {
  const found = Object.entries(result.metafile.outputs).find(([, o]) => o.entryPoint === entry);
  return `/assets/${basename(found[0])}`;
}

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "assets"), { recursive: true });

const styles = await build({
  ...common,
  entryPoints: ["src/style/main.css", "src/style/catalog-pages.css", "src/style/creator.css"],
});
const theme = await build({ ...common, entryPoints: ["src/theme.ts"], format: "iife" });
const code = await build({
  ...common,
  plugins: [withoutUnused],
  entryPoints: ["src/main.tsx"],
  format: "esm",
  splitting: true,
  define: {
    "process.env.NODE_ENV": development ? '"development"' : '"production"',
    CATALOG_STYLE: JSON.stringify(outputOf(styles, "src/style/catalog-pages.css")),
    CREATOR_STYLE: JSON.stringify(outputOf(styles, "src/style/creator.css")),
  },
});

const page = readFileSync(join(here, "index.html"), "utf8")
  .replace("{{style}}", outputOf(styles, "src/style/main.css"))
  .replace("{{theme}}", outputOf(theme, "src/theme.ts"))
  .replace("{{main}}", outputOf(code, "src/main.tsx"));
writeFileSync(join(out, "index.html"), page);
copyFileSync(join(here, "openapi.yaml"), join(out, "openapi.yaml"));

// What the test of sizes reads: which files a page needs at first, and which it loads later.
writeFileSync(`${out}.json`, JSON.stringify({ code: code.metafile, styles: styles.metafile }));

for (const result of [styles, theme, code]) {
  for (const name of Object.keys(result.metafile.outputs)) {
    const path = join(here, name);
    const bytes = readFileSync(path);
    if (/\.(woff2|png)$/.test(path)) continue;
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    const quality = development ? 4 : constants.BROTLI_MAX_QUALITY;
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }));
  }
}
