/* What is wrong with a text: characters before libyaml sees it, and libyaml's findings in words for people. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "base/yaml_reader.h"

enum status yaml_fail(struct reader *r, yaml_mark_t at, enum status s, const char *code, const char *format, ...)
{
    char message[sizeof r->e->message];
    va_list args;
    va_start(args, format);
    if (vsnprintf(message, sizeof message, format, args) < 0)
        message[0] = '\0';
    va_end(args);
    err_set(r->e, s, code, "%s", message);
    r->e->line = (unsigned)at.line + 1;
    r->e->column = (unsigned)at.column + 1;
    return s;
}

/* Line and column (from 0) of a byte, as libyaml counts: characters; CR, LF and CRLF end a line. */
static yaml_mark_t mark_of(struct str text, size_t offset)
{
    yaml_mark_t at = {0};
    for (size_t i = 0; i < offset; i++) {
        char c = text.p[i];
        if (c == '\n' || (c == '\r' && (i + 1 >= text.n || text.p[i + 1] != '\n'))) {
            at.line++;
            at.column = 0;
        } else if (((unsigned char)c & 0xc0) != 0x80 && c != '\r') {
            at.column++;
        }
    }
    return at;
}

/* The characters that YAML allows outside of escapes (1.1, §5.1). */
static bool allowed(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0x7e) || c == 0x85 || (c >= 0xa0 && c <= 0xfffd) ||
           c >= 0x10000;
}

/* libyaml compares each %TAG with all before it: 300,000 of them took eight minutes. Nobody needs more than a few. */
#define MAX_DIRECTIVES 100

static enum status too_many_directives(struct reader *r, struct str text, size_t at)
{
    return yaml_fail(r, mark_of(text, at), ERR_LIMIT, "yaml_directives",
                     "there are more than %d lines that start with %%", MAX_DIRECTIVES);
}

enum status yaml_check_text(struct reader *r, struct str text)
{
    size_t i = 0, directives = 0;
    bool line_start = true;
    for (;;) {
        if (line_start && i < text.n && text.p[i] == '%' && ++directives > MAX_DIRECTIVES)
            return too_many_directives(r, text, i);
        while (i < text.n && text.p[i] >= ' ' && text.p[i] < 0x7f)
            i++;
        if (i == text.n)
            return OK;
        uint32_t c;
        size_t len = utf8_next(text.p + i, text.n - i, &c);
        if (len == 0) {
            yaml_fail(r, mark_of(text, i), ERR_SYNTAX, "yaml_utf8", "the byte 0x%02x is not UTF-8 text",
                      (unsigned char)text.p[i]);
            return err_hint(r->e, "save the file with the encoding UTF-8");
        }
        if (!allowed(c)) {
            yaml_fail(r, mark_of(text, i), ERR_SYNTAX, "yaml_utf8", "the character U+%04X is not allowed in YAML",
                      (unsigned)c);
            return err_hint(r->e, "remove it, or write it as an escape in double quotes");
        }
        i += len;
        line_start = c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
    }
}

static const struct {
    const char *problem, *message, *hint;
} known[] = {
    {"found character that cannot start any token", "this character cannot start a value",
     "put the text in quotes; indent with spaces, not tabs"},
    {"found a tab character where an indentation space is expected", "a tab is used to indent", "indent with spaces"},
    {"found a tab character that violates indentation", "a tab is used to indent", "indent with spaces"},
    {"mapping values are not allowed in this context", "a \": \" is not allowed here",
     "put text that contains \": \" in quotes, and check the indentation of this line"},
    {"block sequence entries are not allowed in this context", "a list item is not allowed here",
     "start the list on a line of its own, and check the indentation"},
    {"did not find expected key", "a key was expected here",
     "compare the indentation with the lines above; text that starts with a quote must end with it"},
    {"did not find expected '-' indicator", "a list item (\"- \") was expected here",
     "compare the indentation with the items above"},
    {"could not find expected ':'", "a \":\" after the key is missing", "write `key: value`"},
    {"found unexpected end of stream", "the text ends within quotes", "close the quotes"},
    {"found unexpected document indicator", "a document ends within quotes", "close the quotes"},
    {"did not find expected ',' or '}'", "a \",\" or \"}\" was expected here", ""},
    {"did not find expected ',' or ']'", "a \",\" or \"]\" was expected here", ""},
    {"did not find expected <document start>", "a new document starts without \"---\"",
     "check the indentation of this line"},
    {"found unknown escape character", "this escape is not known in double quotes",
     "use single quotes for text with back-slashes, or double them"},
};

enum status yaml_syntax_error(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return err_set(r->e, ERR_NOMEM, "out_of_memory", "there is not enough memory to read this document");
    const char *message = p->problem == NULL ? "this is not YAML" : p->problem, *hint = "";
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(message, known[i].problem) == 0) {
            message = known[i].message;
            hint = known[i].hint;
            break;
        }
    if (p->context != NULL && p->context_mark.line != p->problem_mark.line)
        yaml_fail(r, p->problem_mark, ERR_SYNTAX, "yaml_syntax", "%s (%s that starts on line %zu)", message, p->context,
                  p->context_mark.line + 1);
    else
        yaml_fail(r, p->problem_mark, ERR_SYNTAX, "yaml_syntax", "%s", message);
    return hint[0] == '\0' ? ERR_SYNTAX : err_hint(r->e, "%s", hint);
}
