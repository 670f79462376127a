/** Colours of one line of a short YAML text: keys, quoted text, numbers, comments. Long texts are for the code view. */
export interface Piece {
  text: string;
  /** As the classes of .code: y key, s text, n number, c comment. */
  look: "" | "y" | "s" | "n" | "c";
}

const KEY = /^(\s*(?:- +)*)([\w."'/-][^\s#:{}[\],]*)(:)(?=\s|$)/;
const TOKEN =
  /(\s#.*$|^#.*$)|("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|((?<=(?:^|[,[{]|^\s*-)\s*|:\s+)-?\d+(?:\.\d+)?(?=\s*(?:[,\]}]|$|\s#)))/g;

function values(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > at) pieces.push({ text: text.slice(at, match.index), look: "" });
    pieces.push({ text: match[0], look: match[1] !== undefined ? "c" : match[2] !== undefined ? "s" : "n" });
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), look: "" });
  return pieces;
}

export function yamlLine(line: string): Piece[] {
  const key = KEY.exec(line);
  if (!key) return values(line);
  const [whole, space = "", name = "", colon = ""] = key;
  const before: Piece[] = space ? [{ text: space, look: "" }] : [];
  return [...before, { text: name, look: "y" }, { text: colon, look: "" }, ...values(line.slice(whole.length))];
}
