/** What CodeMirror needs to colour a language: YAML by its own parser, Python and shell by their words. */
import { yaml } from "@codemirror/lang-yaml";
import { StreamLanguage, type StreamParser } from "@codemirror/language";
import type { Extension } from "@codemirror/state";

export type Language = "yaml" | "python" | "shell" | "text";

const PYTHON =
  "and as assert async await break class continue def del elif else except False finally for from global if import in is lambda None nonlocal not or pass raise return True try while with yield";
const SHELL = "case do done elif else esac exit export fi for function if in local return set then unset until while";

interface Inside {
  /** the quotes of a text that goes on over the end of the line */
  open: string | null;
}

/** Comments, texts, numbers and words: enough to read, and no more. */
function byWords(words: string, quotes: RegExp): StreamParser<Inside> {
  const known = new Set(words.split(" "));
  return {
    startState: () => ({ open: null }),
    copyState: (state) => ({ ...state }),
    token(stream, state) {
      if (state.open !== null) return text(stream, state);
      if (stream.eatSpace()) return null;
      if (stream.match(/^#.*/)) return "comment";
      const quote = stream.match(quotes) as RegExpMatchArray | null;
      if (quote) {
        state.open = quote[0];
        return text(stream, state);
      }
      if (stream.match(/^\d[\w.]*/)) return "number";
      const word = stream.match(/^[A-Za-z_]\w*/) as RegExpMatchArray | null;
      if (word) return known.has(word[0]) ? "keyword" : null;
      stream.next();
      return null;
    },
  };
}

function text(stream: Parameters<StreamParser<Inside>["token"]>[0], state: Inside): string {
  while (!stream.eol()) {
    if (stream.match(state.open!)) {
      state.open = null;
      return "string";
    }
    if (stream.next() === "\\") stream.next();
  }
  return "string";
}

const python = StreamLanguage.define(byWords(PYTHON, /^("""|'''|"|')/));
const shell = StreamLanguage.define(byWords(SHELL, /^["']/));

export const languageOf = (language: Language): Extension =>
  language === "yaml" ? yaml() : language === "python" ? python : language === "shell" ? shell : [];
