/*
 * Problems: what checks, the compiler and the linter say about a document. One list drives the API, the command line,
 * the badges on the canvas and the gutter of the editor.
 */
#ifndef BASE_PROBLEM_H
#define BASE_PROBLEM_H

#include "base/json.h"
#include "base/node.h"

#define PROBLEMS_MAX 500 /* further ones are counted, not kept */

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_INFO };

struct problem {
    enum severity severity;
    struct str code;       /* snake_case, stable */
    struct str message;    /* a sentence */
    struct str path;       /* JSON pointer into the document, "" = all of it */
    struct str hint;       /* may be empty */
    struct str file;       /* member of a package; may be empty */
    unsigned line, column; /* 0 = not known */
    struct node *fix;      /* a JSON patch (RFC 6902) of the document that removes the problem; NULL = none is known */
};

struct problems {
    struct arena *a;
    struct problem *list;
    size_t count, cap, errors, dropped;
};

void problems_init(struct problems *ps, struct arena *a);
/* Adds one and returns it, so that the caller can set hint or file. `at` gives line and column; NULL is fine.
   Never NULL: beyond PROBLEMS_MAX a scratch entry is returned. The text is copied. */
struct problem *problem_add(struct problems *ps, enum severity s, const char *code, struct str path,
                            const struct node *at, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* From an err of a reader. */
struct problem *problem_from_err(struct problems *ps, const struct err *e);
/* Sets the hint (copied). */
void problem_hint(struct problems *ps, struct problem *p, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Adds a step to the fix: op "add", "remove" or "replace"; value is NULL for "remove" and is referenced, not copied. */
void problem_fix(struct problems *ps, struct problem *p, const char *op, struct str pointer, struct node *value);
/* JSON pointer: parent + "/" + escaped key (~ and / as RFC 6901 wants). */
struct str pointer_key(struct arena *a, struct str parent, struct str key);
struct str pointer_index(struct arena *a, struct str parent, size_t i);
/* [{severity, code, message, path, line, column, hint, file, fix?}] in the order of line, then of being found. */
void problems_json(struct json *j, const struct problems *ps);
/* "file:line:column: error: message [code]\n    hint: …" for terminals. */
void problems_text(struct buf *b, const struct problems *ps, const char *file);
const char *severity_name(enum severity s);

#endif
