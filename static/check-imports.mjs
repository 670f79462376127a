// A folder of src/ may import from those to its right, never from those to its left, and a page never from another.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const src = join(dirname(fileURLToPath(import.meta.url)), "src");
const layers = ["shell", "pages", "features", "ui", "route", "net", "model"];
let wrong = 0;

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function complain(file, text) {
  console.error(`${relative(process.cwd(), file)}: ${text}`);
  wrong++;
}

function check(file, target) {
  const [layer, part] = relative(src, file).split("/");
  const here = layers.indexOf(layer);
  if (here < 0) return; // the entry points may import anything
  if (!target.startsWith(".")) {
    const bare = target.split("/")[0];
    if (
      layer === "model" &&
      !["yaml", "node:test", "node:assert", "node:fs", "node:path"].includes(
        bare === "node:assert" ? bare : target.replace(/\/strict$/, ""),
      )
    )
      complain(file, `model/ imports ${target}; it may use yaml only`);
    if (layer === "net" && /react|preact|xyflow/.test(bare) && !file.endsWith(".tsx") && !/use-/.test(file))
      complain(file, `${target} belongs into a file named use-….ts`);
    return;
  }
  const [otherLayer, otherPart] = relative(src, join(dirname(file), target)).split("/");
  const there = layers.indexOf(otherLayer);
  if (otherLayer === "style") return;
  if (there < here) complain(file, `${layer}/ imports ${otherLayer}/`);
  if (layer === "pages" && otherLayer === "pages" && part !== otherPart)
    complain(file, `${part} imports page ${otherPart}`);
}

for (const file of files(src)) {
  const text = readFileSync(file, "utf8");
  for (const match of text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) check(file, match[1]);
}
if (wrong) process.exit(1);
