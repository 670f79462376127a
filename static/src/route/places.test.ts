import assert from "node:assert/strict";
import test from "node:test";
import { assetPlace, browsePlace, readPlace } from "./places.ts";

test("every place that is made is read back", () => {
  const echo = { kind: "component", namespace: "starter", name: "echo" } as const;
  assert.equal(assetPlace(echo, "1.0.0", { tab: "yaml" }), "/components/starter/echo@1.0.0?tab=yaml");
  assert.deepEqual(readPlace("/components/starter/echo@1.0.0"), { page: "asset", ...echo, version: "1.0.0" });
  const digest = `sha256:${"ab".repeat(32)}`;
  assert.deepEqual(readPlace(assetPlace(echo, digest)), { page: "asset", ...echo, version: digest });
  assert.deepEqual(readPlace("/components/starter/echo"), { page: "asset", ...echo, version: null });
  assert.deepEqual(readPlace("/models/all"), { page: "browse", kind: "model" });
  assert.deepEqual(readPlace("/"), { page: "landing" });
});

test("what is empty does not stand in the query", () => {
  assert.equal(
    browsePlace("model", { q: "", provider: undefined, featured: false, sort: "name" }),
    "/models/all?sort=name",
  );
});

test("a path that is no place is none", () => {
  for (const path of ["/nothing", "/components/a/b/c", "/runs/12", "/constructor", "/components/%E0%A4%A"])
    assert.equal(readPlace(path), null, path);
});
