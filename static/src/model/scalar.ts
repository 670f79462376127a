/* Texts as YAML scalars, so that readers of YAML 1.1, YAML 1.2 and Kubernetes all take them for the same text. */

/** Like a number to somebody: digits, `_`, at most one point and one exponent, or a base. */
function numberLike(text: string): boolean {
  const digits = text.replace(/^[-+]/, "").replace(/_/g, "");
  if (/^0[xob][\da-f+-]*$/i.test(digits)) return true;
  return /\d/.test(digits) && /^(?:[\d.]|e[-+]?)*$/i.test(digits) && !/\..*\.|e.*e/i.test(digits);
}

/** 1:20 and 1:20:30.5 are numbers to the base of 60 in YAML 1.1; 2020-01-01 and what may follow is a time. */
function sexagesimalOrTime(text: string): boolean {
  return /^[-+]?(\d[\d_]*:|\d{4}-)[\d_.:+\-TtZz \t]*$/.test(text);
}

const WORDS = /^(~|null|true|false|yes|no|on|off|y|n|[-+]?\.inf|\.nan|=|<<)$/i;

/** Whether a plain scalar with this text is something else than a text to any reader. */
export function ambiguous(text: string): boolean {
  return text === "" || WORDS.test(text) || (/^[-+.\d]/.test(text) && (numberLike(text) || sexagesimalOrTime(text)));
}

/** Beside what JSON escapes: what YAML does not take as it is, or takes for a line break. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const SPECIAL = /[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

function doubleQuoted(text: string): string {
  return JSON.stringify(text.replace(/[\ud800-\udfff]/gu, "\ufffd")).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function plainFits(text: string, flow: boolean): boolean {
  if (ambiguous(text) || /^[-?:,[\]{}#&*!|>'"%@`=\s]|^\.\.\.|\s$|:\s|:$|\s#/.test(text)) return false;
  return !flow || !/[,[\]{}:?]/.test(text);
}

export type Quotes = "single" | "double";

/** On one line. `flow`: inside of [] or {}. */
export function oneLine(text: string, flow: boolean, quotes?: Quotes): string {
  if (quotes === "double" || SPECIAL.test(text) || /[\ud800-\udfff]/u.test(text)) return doubleQuoted(text);
  if (quotes === undefined && plainFits(text, flow)) return text;
  return `'${text.replace(/'/g, "''")}'`;
}

/** A literal block, for texts of several lines that are the same when read back. */
export function literal(text: string): { header: string; lines: string[] } | null {
  const ends = text.endsWith("\n");
  const lines = (ends ? text.slice(0, -1) : text).split("\n");
  const plain = text.includes("\n") && lines.every((line) => !/^\s+$/.test(line) && !SPECIAL.test(line));
  if (!plain || !/^\S/.test(text) || text.endsWith("\n\n")) return null;
  return { header: ends ? "|" : "|-", lines };
}
