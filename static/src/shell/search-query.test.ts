import assert from "node:assert/strict";
import test from "node:test";
import { fits, providerNamed, readSearch } from "./search-query.ts";

test("plain words search everywhere", () => {
  const search = readSearch("  credit   risk ");
  assert.equal(search.words, "credit risk");
  assert.deepEqual(search.groups, ["assets", "runs", "acts"]);
});

test("kinds are understood as one, as many, and by their beginning", () => {
  for (const typed of ["kind:model", "kind:Models", "kind:mo", 'kind:"model"', "KIND:model"])
    assert.equal(readSearch(typed).kind, "model", typed);
  assert.deepEqual(readSearch("kind:model credit").groups, ["assets"]);
  assert.equal(readSearch("kind:model credit").words, "credit");
});

test("what does not exist is said as it was typed, what is not finished is left alone", () => {
  assert.equal(readSearch("credit kind:modle").unknown, "kind:modle");
  assert.deepEqual(readSearch("credit kind:modle").groups, []);
  assert.equal(readSearch("credit kind:").unknown, null);
  assert.deepEqual(readSearch("state:s"), readSearch(""));
  assert.equal(readSearch("credit kind:").words, "credit");
});

test("a provider may have spaces, also while its last quote is still missing", () => {
  assert.equal(readSearch('provider:"IBM Watson" store').provider, "IBM Watson");
  assert.equal(readSearch('provider:"IBM Wat').provider, "IBM Wat");
});

test("a state narrows to runs; with a kind nothing is left", () => {
  assert.deepEqual(readSearch("state:failed train").groups, ["runs"]);
  assert.equal(readSearch("state:timed-out").state, "timed_out");
  assert.deepEqual(readSearch("state:failed kind:model").groups, []);
});

test("words with colons of their own are only words", () => {
  assert.equal(readSearch("sha256:abc mankind:x").words, "sha256:abc mankind:x");
});

test("> lists acts only", () => {
  assert.deepEqual(readSearch(" > dark"), { ...readSearch(""), words: "dark", groups: ["acts"] });
});

test("providers are found by their beginning", () => {
  const known = ["Kubernetes", "Knative", "IBM Watson Machine Learning"];
  assert.equal(providerNamed("kna", known), "Knative");
  assert.equal(providerNamed("watson", known), "IBM Watson Machine Learning");
  assert.equal(providerNamed("nobody", known), "nobody");
});

test("words fit at the beginning of words", () => {
  assert.ok(fits("credit-risk-training-x7k2p", "risk cred"));
  assert.ok(!fits("credit-risk", "isk"));
  assert.ok(fits("anything", ""));
});
