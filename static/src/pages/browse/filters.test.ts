import assert from "node:assert/strict";
import test from "node:test";
import { browsePlace } from "../../route/places.ts";
import { activeFilters, keyOf, readAsked, readView, toQuery, without } from "./filters.ts";

const read = (text: string) => readAsked(new URLSearchParams(text));

test("a question survives the way through the address", () => {
  const asked = read("q=deploy+model&provider=IBM+Watson&label=team%3Da%26b&featured=true&sort=used");
  assert.deepEqual(asked, {
    q: "deploy model",
    filters: { provider: "IBM Watson", label: "team=a&b" },
    featured: true,
    sort: "used",
  });
  const path = browsePlace("component", { ...toQuery(asked) });
  assert.deepEqual(read(path.slice(path.indexOf("?"))), asked);
});

test("what the address does not say, or says wrongly, is the default", () => {
  const asked = read("sort=size&featured=1&provider=++&view=tree");
  assert.deepEqual(asked, { q: "", filters: {}, featured: false, sort: "relevance" });
  assert.equal(readView(new URLSearchParams("view=tree")), null);
  assert.equal(readView(new URLSearchParams("view=list")), "list");
  assert.equal(browsePlace("model", { ...toQuery(asked) }), "/models/all");
});

test("equal questions have equal keys, whatever the order of the query", () => {
  assert.equal(keyOf("model", read("tag=a&q=x")), keyOf("model", read("q=x&tag=a&view=list")));
  assert.notEqual(keyOf("model", read("tag=a")), keyOf("model", read("namespace=a")));
});

test("each filter can be named and taken away on its own", () => {
  const asked = read("provider=Ray&tag=serving&featured=true");
  assert.deepEqual(
    activeFilters(asked).map((a) => a.words),
    ["Provider: Ray", "Tag: serving", "Featured"],
  );
  assert.deepEqual(activeFilters(without(asked, "provider")), activeFilters(read("tag=serving&featured=true")));
  assert.deepEqual(activeFilters(without(asked, "featured")), activeFilters(read("provider=Ray&tag=serving")));
});
