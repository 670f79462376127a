/* Default values: literals as the text that KFP passes. */
#include <stdlib.h>

#include "catalog/code/python.h"

static bool is_constant(const struct expr *e, const char *name)
{
    return e->kind == EXPR_NAME && e->trailer == 0 && str_is(e->text, name);
}

static bool whole_number(struct str s)
{
    s = str_starts(s, "-") ? str_from(s, 1) : s;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0;
}

/* A number as JSON has it: without underscores, and decimal. *whole: it is an int. */
static bool number(struct arena *a, struct str text, struct str *out, bool *whole)
{
    struct str s = str_replace(a, text, STR("_"), STR(""));
    bool minus = str_starts(s, "-");
    struct str digits = minus ? str_from(s, 1) : s;
    int base = str_starts(digits, "0x") || str_starts(digits, "0X")   ? 16
               : str_starts(digits, "0o") || str_starts(digits, "0O") ? 8
               : str_starts(digits, "0b") || str_starts(digits, "0B") ? 2
                                                                      : 10;
    *out = s;
    *whole = base != 10 || whole_number(s);
    if (base != 10) {
        char *end;
        const char *from = str_cstr(a, str_from(digits, 2));
        unsigned long long value = strtoull(from, &end, base);
        *out = str_printf(a, "%s%llu", minus ? "-" : "", value);
        return digits.n > 2 && digits.n <= 2 + 15 && *end == '\0';
    }
    if (*whole)
        return digits.n == 1 || digits.p[0] != '0';
    for (size_t i = 0; i < digits.n; i++)
        if (strchr("0123456789.eE+-", digits.p[i]) == NULL)
            return false;
    char *end;
    const char *from = str_cstr(a, s);
    (void)strtod(from, &end);
    return *end == '\0';
}

static struct node *json_of(struct reader *r, const struct expr *e)
{
    struct node *n = NULL;
    struct str text;
    bool whole;
    if (e->kind == EXPR_STRING)
        return node_str(r->a, e->text);
    if (e->kind == EXPR_NUMBER && number(r->a, e->text, &text, &whole)) {
        n = node_str(r->a, text);
        n->type = whole ? SCALAR_INT : SCALAR_FLOAT;
        n->style = STYLE_PLAIN;
    } else if (is_constant(e, "None")) {
        n = node_null(r->a);
    } else if (is_constant(e, "True") || is_constant(e, "False")) {
        n = node_bool_new(r->a, is_constant(e, "True"));
    } else if (e->kind == EXPR_LIST || e->kind == EXPR_DICT) {
        bool map = e->kind == EXPR_DICT;
        n = map ? node_map(r->a) : node_seq(r->a);
        for (size_t i = 0; n && i < e->count; i += map ? 2 : 1) {
            struct node *value = map && e->items[i]->kind != EXPR_STRING ? NULL : json_of(r, e->items[map ? i + 1 : i]);
            if (value && map)
                node_set(r->a, n, e->items[i]->text, value);
            else if (value)
                node_push(r->a, n, value);
            n = value ? n : NULL;
        }
    }
    return n;
}

/* Whether the literal is one of the parameter's type, and its text. */
static bool text_of(struct reader *r, const struct expr *e, enum passing passing, struct str *out)
{
    bool whole;
    struct node *json;
    switch (passing) {
    case PASS_TEXT:
        *out = e->text;
        return e->kind == EXPR_STRING;
    case PASS_INT:
        return e->kind == EXPR_NUMBER && number(r->a, e->text, out, &whole) && whole;
    case PASS_FLOAT:
        return e->kind == EXPR_NUMBER && number(r->a, e->text, out, &whole);
    case PASS_BOOL:
        *out = e->text;
        return is_constant(e, "True") || is_constant(e, "False");
    case PASS_JSON:
        json = e->kind == EXPR_LIST || e->kind == EXPR_DICT ? json_of(r, e) : NULL;
        *out = json ? node_to_json(r->a, json) : STR_NONE;
        return json != NULL;
    case PASS_PATH_IN:
    case PASS_PATH_OUT:
        break;
    }
    return false;
}

bool python_default(struct reader *r, const struct expr *e, struct parameter *p)
{
    p->port.optional = true;
    p->absent_is_none = false;
    if (is_constant(e, "None"))
        return true;
    if (p->passing == PASS_PATH_IN || p->passing == PASS_PATH_OUT) {
        code_error(r->ps, e->at, "unsupported_default", "leave it out, or write None for a file that may be missing",
                   "the path of a file has no default");
        return false;
    }
    if (e->kind == EXPR_NAME && !is_constant(e, "True") && !is_constant(e, "False")) {
        code_error(r->ps, e->at, "unsupported_default", "write the value itself: nothing is computed here",
                   "the default of %.*s is not a literal", STR_ARG(p->name));
        return false;
    }
    p->port.has_default = text_of(r, e, p->passing, &p->port.default_value);
    if (!p->port.has_default)
        code_error(r->ps, e->at, "wrong_default",
                   "annotate the parameter with the type of its default, as in n: int = 5",
                   "the default of %.*s does not fit its type, %.*s", STR_ARG(p->name),
                   STR_ARG(p->port.type.n ? p->port.type : STR("text")));
    return p->port.has_default;
}
