/** Values as people type them: which kind of field an input gets, and what does not fit its type. */
import { isValueType, normalType } from "../../model/types.ts";

export type FieldKind = "text" | "number" | "boolean" | "json";

const KINDS: Record<string, FieldKind> = {
  Integer: "number",
  Float: "number",
  Boolean: "boolean",
  JsonArray: "json",
  JsonObject: "json",
};

export const fieldKind = (type: string | null | undefined): FieldKind => KINDS[normalType(type) ?? ""] ?? "text";

/** The text that a program receives: what a default or a parameter of an earlier run stands for; null where there is none. */
export function valueText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A default where it is only shown: spaces at its ends must be seen. */
export function shownDefault(text: string): string {
  if (text === "") return "empty text";
  return text.trim() === text ? text : JSON.stringify(text);
}

/**
 * What an emptied field means: null, so that the default or nothing is taken. Only in place of the default of a text
 * it is the empty text, which could not be given otherwise.
 */
export function typedValue(text: string, type: string | null | undefined, byDefault: string | null): string | null {
  return text === "" && !(byDefault && fieldKind(type) === "text") ? null : text;
}

const INTEGER = /^[-+]?\d+$/;
const FLOAT = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const FLOAT_WORD = /^[-+]?(inf|infinity|nan)$/i;
const BOOLEAN = /^(true|false|yes|no|y|n|t|f|on|off|1|0)$/i;

/** One sentence why a text is no value of the type, as the hub judges it; null where it is one. */
export function fault(text: string, type: string | null | undefined): string | null {
  switch (normalType(type)) {
    case "Integer":
      return INTEGER.test(text) ? null : "This is not a whole number, such as 42.";
    case "Float":
      return FLOAT.test(text) || FLOAT_WORD.test(text) ? null : "This is not a number, such as 0.5 or 1e-3.";
    case "Boolean":
      return BOOLEAN.test(text) ? null : "This is neither true nor false.";
    case "JsonArray":
      return jsonFault(text, Array.isArray, 'a list, such as ["a", "b"]');
    case "JsonObject":
      return jsonFault(text, isMap, 'an object, such as {"a": 1}');
    default:
      return null;
  }
}

const isMap = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

function jsonFault(text: string, fits: (value: unknown) => boolean, wanted: string): string | null {
  try {
    return fits(JSON.parse(text)) ? null : `This is not ${wanted}.`;
  } catch (error) {
    const [, line, column] = /line (\d+) column (\d+)/.exec(String(error)) ?? [];
    const place = line && Number(line) + Number(column) > 2 ? ` Line ${line}, column ${column}.` : "";
    return `This cannot be read as JSON; write ${wanted}.${place}`;
  }
}

/** How a value of the type is written, for those that are not just text; null where that needs no word. */
export function valueHelp(type: string | null | undefined): string | null {
  const name = normalType(type);
  if (name === "Integer") return "Whole number";
  if (name === "Float") return "Number";
  if (name === "JsonArray") return 'JSON list, such as ["a", "b"]';
  if (name === "JsonObject") return 'JSON object, such as {"a": 1}';
  return name && !isValueType(name) ? "Text that is written into the file" : null;
}

/** true, false or null where the text is neither. */
export function readBoolean(text: string): boolean | null {
  return BOOLEAN.test(text) ? /^(true|yes|y|t|on|1)$/i.test(text) : null;
}
