/** What stands on the tile of an asset that has no icon of its own: two letters, and one of eight hues. */
import { sha256 } from "./sha256.ts";

/** First letters of the first two words, or the first two letters of a single one; of what follows " - ", if it does. */
export function glyphLetters(title: string): string {
  const part = title.includes(" - ") ? title.slice(title.lastIndexOf(" - ") + 3) : title;
  const words = part.match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length > 1) return (first(words[0]!) + first(words[1]!)).toUpperCase();
  const [a = "", b = ""] = [...(words[0] ?? "")];
  return a.toUpperCase() + b.toLowerCase();
}

const first = (word: string) => [...word][0]!;

const hues = new Map<string, number>();

/** 1 to 8; the same for all versions and titles of an asset. */
export function glyphHue(namespace: string, name: string): number {
  const key = `${namespace}/${name}`;
  let hue = hues.get(key);
  if (hue === undefined) {
    hue = (sha256(key)[0]! % 8) + 1;
    hues.set(key, hue);
  }
  return hue;
}
