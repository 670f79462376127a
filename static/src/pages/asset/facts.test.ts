import assert from "node:assert/strict";
import test from "node:test";
import { componentsOf, factRows, operatorFacts, relatedAssets } from "./facts.ts";

test("facts become rows that people read", () => {
  const rows = factRows(
    {
      id: "mnist",
      url: "https://example.org/mnist.gz",
      size: "9912422",
      license: "CC0 1.0",
      license_url: "https://creativecommons.org/zero",
      records: 140000,
      servable: true,
      framework: { name: "pytorch", version: "2.1" },
    },
    "dataset",
  );
  assert.deepEqual(rows, [
    { name: "Framework", value: "pytorch 2.1" },
    { name: "Licence", value: "CC0 1.0", href: "https://creativecommons.org/zero" },
    { name: "Records", value: "140,000" },
    { name: "Source", value: "example.org/mnist.gz", href: "https://example.org/mnist.gz" },
    { name: "Data size", value: "9.9 MB" },
    { name: "Servable", value: "Yes" },
  ]);
});

test("only addresses of the web become links", () => {
  const [row] = factRows({ url: "javascript:alert(1)" }, "notebook");
  assert.equal(row?.href, undefined);
});

test("custom resources are read as group, version and kind", () => {
  assert.deepEqual(operatorFacts({ crds: ["ray.io/v1 RayJob", "broken", 3] }).crds, [
    { group: "ray.io", version: "v1", kind: "RayJob" },
  ]);
});

test("what a pipeline is made of and what belongs to a dataset lead to their pages", () => {
  assert.deepEqual(componentsOf({ components: ["starter/echo", "x", "a/b@1.0.0"] }), [
    { namespace: "starter", name: "echo" },
    { namespace: "a", name: "b" },
  ]);
  const related = relatedAssets({
    related_assets: [{ name: "Explore", application: { asset_id: "notebooks/explore-a-table" } }, { name: "Else" }, 1],
  });
  assert.deepEqual(related, [
    { name: "Explore", description: "", asset: { kind: "notebook", name: "explore-a-table" } },
    { name: "Else", description: "", asset: null },
  ]);
});
