#include "pipeline-creator/tekton/cel.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum kind {
    ANY, /* dyn */
    NUL,
    BOOL,
    INT,
    UINT,
    DOUBLE,
    STRING,
    BYTES,
    LIST,
    MAP,
    TIMESTAMP,
    DURATION,
    TYPE,
    NONE, /* after a problem */
};

struct type {
    enum kind kind;
    const struct type *key, *item; /* of maps; item of lists too */
};

struct variable {
    const struct variable *outer;
    struct str name;
    const struct type *type;
};

struct cel {
    struct arena *a;
    struct str rest;
    struct cel_token token; /* the one to be read next */
    const struct variable *variables;
    unsigned depth;
    const char *problem; /* the first */
};

static const struct type SIMPLE[] = {
    {ANY, NULL, NULL},       {NUL, NULL, NULL},      {BOOL, NULL, NULL},  {INT, NULL, NULL},      {UINT, NULL, NULL},
    {DOUBLE, NULL, NULL},    {STRING, NULL, NULL},   {BYTES, NULL, NULL}, {LIST, SIMPLE, SIMPLE}, {MAP, SIMPLE, SIMPLE},
    {TIMESTAMP, NULL, NULL}, {DURATION, NULL, NULL}, {TYPE, NULL, NULL},  {NONE, NULL, NULL}};

static const struct type *expression(struct cel *c);

static const struct type *fail(struct cel *c, const char *problem)
{
    if (!c->problem)
        c->problem = problem;
    c->token = (struct cel_token){.kind = CEL_END};
    c->rest = STR("");
    return &SIMPLE[NONE];
}

static void advance(struct cel *c)
{
    c->token = cel_next(&c->rest);
    if (c->token.kind == CEL_WRONG)
        fail(c, "syntax error: a character or string that is none of CEL's");
}

static bool at(const struct cel *c, const char *symbol)
{
    return c->token.kind == CEL_SYMBOL && str_is(c->token.text, symbol);
}

static bool take(struct cel *c, const char *symbol)
{
    if (!at(c, symbol))
        return false;
    advance(c);
    return true;
}

static void expect(struct cel *c, const char *symbol)
{
    if (!take(c, symbol))
        fail(c, "syntax error: something is missing or out of place");
}

/* ---- types */

static const struct type *made(struct cel *c, enum kind kind, const struct type *key, const struct type *item)
{
    struct type *t = arena_new_of(c->a, struct type);
    *t = (struct type){kind, key, item};
    return t;
}

static bool fits(const struct type *x, const struct type *y)
{
    if (x->kind == ANY || y->kind == ANY || x->kind == NONE || y->kind == NONE)
        return true;
    if (x->kind == NUL || y->kind == NUL) {
        enum kind other = x->kind == NUL ? y->kind : x->kind;
        return other == NUL || other == TIMESTAMP || other == DURATION;
    }
    if (x->kind != y->kind)
        return false;
    return (x->kind != LIST || fits(x->item, y->item)) &&
           (x->kind != MAP || (fits(x->key, y->key) && fits(x->item, y->item)));
}

static bool unknown(const struct type *t)
{
    return t->kind == ANY || (t->kind == LIST && unknown(t->item)) ||
           (t->kind == MAP && unknown(t->key) && unknown(t->item));
}

/* The type of things of both types: the one that says more, dyn when they do not fit. */
static const struct type *join(const struct type *x, const struct type *y)
{
    if (!x || !fits(x, y))
        return x ? &SIMPLE[ANY] : y;
    return unknown(x) || x->kind == NUL ? y : x;
}

/* ---- operators and functions: what they take and give */

static const struct overload {
    const char *name;
    bool member;
    size_t count;
    enum kind takes[3], gives;
} OVERLOADS[] = {
    {"!", false, 1, {BOOL}, BOOL},
    {"neg", false, 1, {INT}, INT},
    {"neg", false, 1, {DOUBLE}, DOUBLE},
    {"&&", false, 2, {BOOL, BOOL}, BOOL},
    {"||", false, 2, {BOOL, BOOL}, BOOL},
    {"order", false, 2, {BOOL, BOOL}, BOOL},
    {"order", false, 2, {INT, INT}, BOOL},
    {"order", false, 2, {UINT, UINT}, BOOL},
    {"order", false, 2, {DOUBLE, DOUBLE}, BOOL},
    {"order", false, 2, {STRING, STRING}, BOOL},
    {"order", false, 2, {BYTES, BYTES}, BOOL},
    {"order", false, 2, {TIMESTAMP, TIMESTAMP}, BOOL},
    {"order", false, 2, {DURATION, DURATION}, BOOL},
    {"+", false, 2, {INT, INT}, INT},
    {"+", false, 2, {UINT, UINT}, UINT},
    {"+", false, 2, {DOUBLE, DOUBLE}, DOUBLE},
    {"+", false, 2, {STRING, STRING}, STRING},
    {"+", false, 2, {BYTES, BYTES}, BYTES},
    {"+", false, 2, {TIMESTAMP, DURATION}, TIMESTAMP},
    {"+", false, 2, {DURATION, TIMESTAMP}, TIMESTAMP},
    {"+", false, 2, {DURATION, DURATION}, DURATION},
    {"+", false, 2, {LIST, LIST}, LIST},
    {"-", false, 2, {INT, INT}, INT},
    {"-", false, 2, {UINT, UINT}, UINT},
    {"-", false, 2, {DOUBLE, DOUBLE}, DOUBLE},
    {"-", false, 2, {TIMESTAMP, TIMESTAMP}, DURATION},
    {"-", false, 2, {TIMESTAMP, DURATION}, TIMESTAMP},
    {"-", false, 2, {DURATION, DURATION}, DURATION},
    {"*", false, 2, {INT, INT}, INT},
    {"*", false, 2, {UINT, UINT}, UINT},
    {"*", false, 2, {DOUBLE, DOUBLE}, DOUBLE},
    {"/", false, 2, {INT, INT}, INT},
    {"/", false, 2, {UINT, UINT}, UINT},
    {"/", false, 2, {DOUBLE, DOUBLE}, DOUBLE},
    {"%", false, 2, {INT, INT}, INT},
    {"%", false, 2, {UINT, UINT}, UINT},
    {"size", false, 1, {STRING}, INT},
    {"size", false, 1, {BYTES}, INT},
    {"size", false, 1, {LIST}, INT},
    {"size", false, 1, {MAP}, INT},
    {"size", true, 1, {STRING}, INT},
    {"size", true, 1, {BYTES}, INT},
    {"size", true, 1, {LIST}, INT},
    {"size", true, 1, {MAP}, INT},
    {"contains", true, 2, {STRING, STRING}, BOOL},
    {"startsWith", true, 2, {STRING, STRING}, BOOL},
    {"endsWith", true, 2, {STRING, STRING}, BOOL},
    {"matches", true, 2, {STRING, STRING}, BOOL},
    {"matches", false, 2, {STRING, STRING}, BOOL},
    {"int", false, 1, {INT}, INT},
    {"int", false, 1, {UINT}, INT},
    {"int", false, 1, {DOUBLE}, INT},
    {"int", false, 1, {STRING}, INT},
    {"int", false, 1, {TIMESTAMP}, INT},
    {"int", false, 1, {DURATION}, INT},
    {"uint", false, 1, {UINT}, UINT},
    {"uint", false, 1, {INT}, UINT},
    {"uint", false, 1, {DOUBLE}, UINT},
    {"uint", false, 1, {STRING}, UINT},
    {"double", false, 1, {DOUBLE}, DOUBLE},
    {"double", false, 1, {INT}, DOUBLE},
    {"double", false, 1, {UINT}, DOUBLE},
    {"double", false, 1, {STRING}, DOUBLE},
    {"string", false, 1, {STRING}, STRING},
    {"string", false, 1, {BOOL}, STRING},
    {"string", false, 1, {INT}, STRING},
    {"string", false, 1, {UINT}, STRING},
    {"string", false, 1, {DOUBLE}, STRING},
    {"string", false, 1, {BYTES}, STRING},
    {"string", false, 1, {TIMESTAMP}, STRING},
    {"string", false, 1, {DURATION}, STRING},
    {"bytes", false, 1, {BYTES}, BYTES},
    {"bytes", false, 1, {STRING}, BYTES},
    {"bool", false, 1, {BOOL}, BOOL},
    {"bool", false, 1, {STRING}, BOOL},
    {"timestamp", false, 1, {TIMESTAMP}, TIMESTAMP},
    {"timestamp", false, 1, {STRING}, TIMESTAMP},
    {"timestamp", false, 1, {INT}, TIMESTAMP},
    {"duration", false, 1, {DURATION}, DURATION},
    {"duration", false, 1, {STRING}, DURATION},
    {"type", false, 1, {ANY}, TYPE},
    {"dyn", false, 1, {ANY}, ANY},
    {"getHours", true, 1, {DURATION}, INT},
    {"getMinutes", true, 1, {DURATION}, INT},
    {"getSeconds", true, 1, {DURATION}, INT},
    {"getMilliseconds", true, 1, {DURATION}, INT},
};

static const char *const DATE_PARTS[] = {"getFullYear", "getMonth",       "getDayOfYear", "getDayOfMonth",
                                         "getDate",     "getDayOfWeek",   "getHours",     "getMinutes",
                                         "getSeconds",  "getMilliseconds"};

static bool date_part(struct str name, const struct type *const *args, size_t count)
{
    for (size_t i = 0; i < sizeof DATE_PARTS / sizeof DATE_PARTS[0]; i++)
        if (str_is(name, DATE_PARTS[i]))
            return (count == 1 || (count == 2 && fits(args[1], &SIMPLE[STRING]))) && fits(args[0], &SIMPLE[TIMESTAMP]);
    return false;
}

static const struct type *call(struct cel *c, struct str name, bool member, const struct type *const *args,
                               size_t count)
{
    const struct type *result = member && date_part(name, args, count) ? &SIMPLE[INT] : NULL;
    for (size_t i = 0; i < sizeof OVERLOADS / sizeof OVERLOADS[0]; i++) {
        const struct overload *o = &OVERLOADS[i];
        bool match = o->member == member && o->count == count && str_is(name, o->name);
        for (size_t k = 0; match && k < count; k++)
            match = fits(args[k], &SIMPLE[o->takes[k]]);
        if (match)
            result = result && result->kind != o->gives ? &SIMPLE[ANY] : &SIMPLE[o->gives];
    }
    return result ? result : fail(c, "no such function, or not for these types");
}

static const struct type *call2(struct cel *c, const char *name, const struct type *x, const struct type *y)
{
    const struct type *args[] = {x, y};
    if (str_is(str_of(name), "+") && x->kind == LIST && y->kind == LIST)
        return fits(x, y) ? join(x, y) : fail(c, "lists of different types cannot be joined");
    return call(c, str_of(name), false, args, 2);
}

static const struct type *index_of(struct cel *c, const struct type *x, const struct type *index)
{
    if (x->kind == ANY || x->kind == NONE)
        return x;
    if ((x->kind == LIST && fits(index, &SIMPLE[INT])) || (x->kind == MAP && fits(index, x->key)))
        return x->item;
    return fail(c, "no such index for this type");
}

static const struct type *field_of(struct cel *c, const struct type *x)
{
    if (x->kind == MAP)
        return x->item;
    return x->kind == ANY || x->kind == NONE ? x : fail(c, "a type without fields");
}

/* ---- macros */

/* What a loop over the value gives its variable; NULL when there is no loop over it. */
static const struct type *loop_item(const struct type *x)
{
    return x->kind == LIST ? x->item : x->kind == MAP ? x->key : x->kind == ANY || x->kind == NONE ? x : NULL;
}

static size_t comma_count(const struct cel *c)
{
    struct str rest = c->rest;
    size_t depth = 0, count = 0;
    for (struct cel_token t = c->token; t.kind != CEL_END && t.kind != CEL_WRONG; t = cel_next(&rest)) {
        bool symbol = t.kind == CEL_SYMBOL;
        if (symbol && strchr("([{", t.text.p[0]))
            depth++;
        if (symbol && strchr(")]}", t.text.p[0]) && depth-- == 0)
            break;
        count += symbol && depth == 0 && t.text.p[0] == ',';
    }
    return count;
}

static void must_be_bool(struct cel *c, const struct type *t)
{
    if (!fits(t, &SIMPLE[BOOL]))
        fail(c, "a condition has to be a bool");
}

/* x.all(v, condition) and its kin, behind the parenthesis. */
static const struct type *loop(struct cel *c, struct str name, const struct type *over, size_t count)
{
    const struct type *item = loop_item(over), *result;
    struct variable v = {.outer = c->variables, .name = c->token.text, .type = item};
    bool maps = str_is(name, "map");
    if (!item)
        return fail(c, "a loop needs a list or a map");
    if (c->token.kind != CEL_NAME)
        return fail(c, "a loop's variable has to be a name");
    advance(c);
    expect(c, ",");
    c->variables = &v;
    result = expression(c);
    if (count == 3) {
        must_be_bool(c, result);
        expect(c, ",");
        result = expression(c);
    } else if (!maps) {
        must_be_bool(c, result);
    }
    c->variables = v.outer;
    expect(c, ")");
    return maps ? made(c, LIST, NULL, result) : str_is(name, "filter") ? made(c, LIST, NULL, item) : &SIMPLE[BOOL];
}

static bool is_loop(struct str name, size_t count)
{
    return (count == 2 &&
            (str_is(name, "all") || str_is(name, "exists") || str_is(name, "exists_one") || str_is(name, "filter"))) ||
           ((count == 2 || count == 3) && str_is(name, "map"));
}

/* ---- grammar */

/* Up to the closing parenthesis. */
static const struct type *arguments(struct cel *c, struct str name, bool member, const struct type *self)
{
    const struct type *args[4] = {self};
    size_t count = member;
    if (!at(c, ")")) {
        do {
            const struct type *t = expression(c);
            if (count < 4)
                args[count] = t;
            count++;
        } while (take(c, ","));
    }
    expect(c, ")");
    return count > 4 ? fail(c, "no such function, or not for these types") : call(c, name, member, args, count);
}

static bool reserved(struct str name)
{
    static const char *const words[] = {"as",     "break", "const",  "continue", "else",      "for",
                                        "if",     "let",   "import", "function", "namespace", "loop",
                                        "return", "var",   "void",   "while",    "package"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_is(name, words[i]))
            return true;
    return false;
}

static const struct type *named_type(struct cel *c, struct str name)
{
    static const char *const types[] = {"bool",  "int",  "uint", "double",    "string",
                                        "bytes", "list", "map",  "null_type", "type"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (str_is(name, types[i]))
            return &SIMPLE[TYPE];
    if (str_is(name, "google") && take(c, ".") && str_is(c->token.text, "protobuf")) {
        advance(c);
        if (take(c, ".") && (str_is(c->token.text, "Timestamp") || str_is(c->token.text, "Duration"))) {
            advance(c);
            return &SIMPLE[TYPE];
        }
    }
    return fail(c, "undeclared reference: values are put in before the expression is evaluated, so quote them");
}

/* has(x.field): an expression that ends in a field, without a call or an index behind it. */
static const struct type *has(struct cel *c)
{
    struct str before = c->rest;
    struct cel_token last = {0}, dot = {0}, t = c->token;
    size_t depth = 0;
    for (; t.kind != CEL_END && t.kind != CEL_WRONG; t = cel_next(&before)) {
        if (t.kind == CEL_SYMBOL && strchr("([{", t.text.p[0]))
            depth++;
        if (t.kind == CEL_SYMBOL && strchr(")]}", t.text.p[0]) && depth-- == 0)
            break;
        dot = last;
        last = t;
    }
    if (last.kind != CEL_NAME || dot.kind != CEL_SYMBOL || !str_is(dot.text, "."))
        return fail(c, "has() takes a field");
    expression(c);
    expect(c, ")");
    return &SIMPLE[BOOL];
}

static const struct type *name(struct cel *c, bool rooted)
{
    struct str word = c->token.text;
    if (c->token.escaped)
        return fail(c, "syntax error: an escaped name is for fields only");
    advance(c);
    if (!rooted && (str_is(word, "true") || str_is(word, "false")))
        return &SIMPLE[BOOL];
    if (!rooted && str_is(word, "null"))
        return &SIMPLE[NUL];
    if (take(c, "("))
        return str_is(word, "has") && comma_count(c) == 0 && !at(c, ")") ? has(c) : arguments(c, word, false, NULL);
    if (reserved(word))
        return fail(c, "a reserved word");
    for (const struct variable *v = c->variables; v && !rooted; v = v->outer)
        if (str_eq(v->name, word))
            return v->type;
    return named_type(c, word);
}

static const struct type *list(struct cel *c)
{
    const struct type *item = NULL;
    while (!at(c, "]") && !at(c, ",") && !c->problem) {
        item = join(item, expression(c));
        if (!take(c, ","))
            break;
    }
    if (!item)
        (void)take(c, ",");
    expect(c, "]");
    return made(c, LIST, NULL, item ? item : &SIMPLE[ANY]);
}

static const struct type *map(struct cel *c)
{
    const struct type *key = NULL, *item = NULL;
    while (!at(c, "}") && !at(c, ",") && !c->problem) {
        key = join(key, expression(c));
        expect(c, ":");
        item = join(item, expression(c));
        if (!take(c, ","))
            break;
    }
    if (!item)
        (void)take(c, ",");
    expect(c, "}");
    return made(c, MAP, key ? key : &SIMPLE[ANY], item ? item : &SIMPLE[ANY]);
}

static const struct type *number(struct cel *c, bool negative)
{
    const char *text = str_cstr(c->a, c->token.text);
    enum cel_token_kind kind = c->token.kind;
    int base = str_starts(c->token.text, "0x") ? 16 : 10;
    advance(c);
    if (kind == CEL_DOUBLE)
        return isfinite(strtod(text, NULL)) ? &SIMPLE[DOUBLE] : fail(c, "a number that is too large");
    errno = 0;
    unsigned long long value = strtoull(text, NULL, base);
    if (errno || (kind == CEL_INT && value > (unsigned long long)INT64_MAX + negative))
        return fail(c, "a number that is too large");
    return kind == CEL_INT ? &SIMPLE[INT] : &SIMPLE[UINT];
}

static const struct type *primary(struct cel *c)
{
    enum cel_token_kind kind = c->token.kind;
    if (kind == CEL_INT || kind == CEL_UINT || kind == CEL_DOUBLE)
        return number(c, false);
    if (kind == CEL_STRING || kind == CEL_BYTES) {
        advance(c);
        return &SIMPLE[kind == CEL_STRING ? STRING : BYTES];
    }
    if (kind == CEL_NAME)
        return name(c, false);
    if (take(c, ".") && c->token.kind == CEL_NAME)
        return name(c, true);
    if (take(c, "[")) {
        return list(c);
    } else if (take(c, "{")) {
        return map(c);
    } else if (take(c, "(")) {
        const struct type *t = expression(c);
        expect(c, ")");
        return t;
    }
    return fail(c, "syntax error: something is missing or out of place");
}

static const struct type *member(struct cel *c, const struct type *t)
{
    for (;;) {
        if (take(c, "[")) {
            t = index_of(c, t, expression(c));
            expect(c, "]");
        } else if (take(c, ".")) {
            struct cel_token field = c->token;
            if (field.kind != CEL_NAME)
                return fail(c, "syntax error: something is missing or out of place");
            advance(c);
            if (field.escaped || !take(c, "("))
                t = field_of(c, t);
            else if (is_loop(field.text, at(c, ")") ? 0 : comma_count(c) + 1))
                t = loop(c, field.text, t, comma_count(c) + 1);
            else
                t = arguments(c, field.text, true, t);
        } else {
            return t;
        }
    }
}

static const struct type *unary(struct cel *c)
{
    const char *sign = at(c, "!") ? "!" : at(c, "-") ? "-" : NULL;
    size_t count = 0;
    if (!sign)
        return member(c, primary(c));
    for (; take(c, sign); count++) {
    }
    bool negative = *sign == '-' && count % 2;
    const struct type *t = negative && c->token.kind == CEL_INT ? member(c, number(c, true)) : member(c, primary(c));
    /* Pairs of signs vanish, whatever stands behind them. */
    return count % 2 ? call(c, str_of(*sign == '-' ? "neg" : "!"), false, &t, 1) : t;
}

static const struct type *relation(struct cel *c, const char *symbol, const struct type *x, const struct type *y)
{
    if (strcmp(symbol, "==") == 0 || strcmp(symbol, "!=") == 0)
        return fits(x, y) ? &SIMPLE[BOOL] : fail(c, "values of different types are compared");
    if (strcmp(symbol, "in") != 0)
        return call2(c, "order", x, y);
    bool found = y->kind == ANY || y->kind == NONE || (y->kind == LIST && fits(x, y->item)) ||
                 (y->kind == MAP && fits(x, y->key));
    return found ? &SIMPLE[BOOL] : fail(c, "a value is looked for where it cannot be");
}

static const struct type *binary_step(struct cel *c, size_t level, const char *symbol, const struct type *x,
                                      const struct type *y)
{
    return level == 2 ? relation(c, symbol, x, y) : call2(c, symbol, x, y);
}

/* Operators that bind weaker come first. */
static const char *const LEVELS[][8] = {
    {"||"}, {"&&"}, {"<", "<=", ">=", ">", "==", "!=", "in"}, {"+", "-"}, {"*", "/", "%"}};

static const struct type *binary(struct cel *c, size_t level)
{
    if (level == sizeof LEVELS / sizeof LEVELS[0])
        return unary(c);
    const struct type *t = binary(c, level + 1);
    for (bool more = true; more;) {
        more = false;
        for (const char *const *symbol = LEVELS[level]; *symbol && !more; symbol++) {
            if (!take(c, *symbol))
                continue;
            t = binary_step(c, level, *symbol, t, binary(c, level + 1));
            more = true;
        }
    }
    return t;
}

static const struct type *expression(struct cel *c)
{
    if (++c->depth > CEL_MAX_DEPTH)
        return fail(c, "too deep");
    const struct type *t = binary(c, 0);
    if (take(c, "?")) {
        must_be_bool(c, t);
        const struct type *x = binary(c, 0);
        expect(c, ":");
        const struct type *y = expression(c);
        t = fits(x, y) ? join(x, y) : fail(c, "the two values of a condition have different types");
    }
    c->depth--;
    return t;
}

const char *cel_problem(struct arena *a, struct str text)
{
    struct cel c = {.a = a, .rest = text};
    advance(&c);
    expression(&c);
    if (c.token.kind != CEL_END)
        fail(&c, "syntax error: something is missing or out of place");
    return c.problem;
}
