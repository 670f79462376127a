import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { glyphHue, glyphLetters } from "./glyph-of.ts";
import { sha256 } from "./sha256.ts";

test("letters come from the part after the dash, of two words or of one", () => {
  const letters = ["Deploy Model - Knative", "Store Model - Watson Machine Learning", "Load Table", "échо", "", "Q"];
  assert.deepEqual(letters.map(glyphLetters), ["Kn", "WM", "LT", "Éc", "", "Q"]);
});

test("the digest is SHA-256, also over several blocks", () => {
  for (const text of ["", "abc", "starter/echo", "x".repeat(55), "y".repeat(56), "ü".repeat(200)])
    assert.equal(Buffer.from(sha256(text)).toString("hex"), createHash("sha256").update(text).digest("hex"));
});

test("a hue is one of eight and stays", () => {
  for (const name of ["echo", "wait", "a", "b", "c"]) {
    const hue = glyphHue("starter", name);
    assert.ok(hue >= 1 && hue <= 8);
    assert.equal(hue, glyphHue("starter", name));
  }
});
