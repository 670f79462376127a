#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/check.h"

void check_error(struct problems *ps, const char *code, struct str path, const struct node *at, const char *hint,
                 const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct problem *p = problem_add(ps, SEVERITY_ERROR, code, path, at, "%s", text);
    if (hint)
        problem_hint(ps, p, "%s", hint);
}

static void wrong_type(struct problems *ps, struct str path, const char *key, const struct node *found,
                       const char *wanted)
{
    check_error(ps, "wrong_type", pointer_key(ps->a, path, str_of(key)), found, NULL, "%s must be %s, not a %s", key,
                wanted, node_kind_name(found));
}

struct str check_text(struct problems *ps, const struct node *map, struct str path, const char *key)
{
    const struct node *n = node_get(map, key);
    if (node_is_null(n))
        return STR_NONE;
    if (!node_is_scalar(n)) {
        wrong_type(ps, path, key, n, "text");
        return STR_NONE;
    }
    return node_text(n);
}

const struct node *check_map(struct problems *ps, const struct node *map, struct str path, const char *key)
{
    const struct node *n = node_get(map, key);
    if (node_is_null(n))
        return NULL;
    if (!node_is_map(n)) {
        wrong_type(ps, path, key, n, "a map");
        return NULL;
    }
    return n;
}

const struct node *check_list(struct problems *ps, const struct node *map, struct str path, const char *key)
{
    const struct node *n = node_get(map, key);
    if (node_is_null(n))
        return NULL;
    if (!node_is_seq(n)) {
        wrong_type(ps, path, key, n, "a list");
        return NULL;
    }
    return n;
}

const struct node *check_required(struct problems *ps, const struct node *map, struct str path, const char *key,
                                  const char *hint)
{
    const struct node *n = node_get(map, key);
    if (node_is_null(n) || (node_is_scalar(n) && str_trim(node_text(n)).n == 0)) {
        check_error(ps, "missing_field", pointer_key(ps->a, path, str_of(key)), n ? n : map, hint,
                    n ? "%s is empty" : "%s is missing", key);
        return NULL;
    }
    return n;
}

struct str check_required_text(struct problems *ps, const struct node *map, struct str path, const char *key,
                               const char *hint)
{
    return check_required(ps, map, path, key, hint) ? check_text(ps, map, path, key) : STR_NONE;
}

bool check_bool(struct problems *ps, const struct node *map, struct str path, const char *key)
{
    const struct node *n = node_get(map, key);
    if (node_is_null(n))
        return false;
    if (node_is_scalar(n)) {
        if (n->type == SCALAR_BOOL)
            return node_bool(n, false);
        if (str_eq_nocase(n->text, STR("true")))
            return true;
        if (str_eq_nocase(n->text, STR("false")))
            return false;
    }
    wrong_type(ps, path, key, n, "true or false");
    return false;
}

#define SUGGESTED_MAX 20 /* a map of other people's with thousands of keys is no slip of the pen */

void check_known(struct problems *ps, const struct node *map, struct str path, const char *const *known)
{
    size_t unknown = 0;
    for (size_t i = 0; node_is_map(map) && i < map->count; i++) {
        const struct pair *pair = &map->pairs[i];
        size_t k = 0;
        while (known[k] && !str_is(pair->key, known[k]))
            k++;
        if (known[k])
            continue;
        struct str key = check_excerpt(ps->a, pair->key);
        struct problem *p = problem_add(ps, SEVERITY_WARNING, "unknown_field", pointer_key(ps->a, path, pair->key),
                                        NULL, "%.*s is not a field here; it is kept and has no effect", STR_ARG(key));
        p->line = pair->key_line;
        p->column = pair->key_column;
        const char *near = unknown++ < SUGGESTED_MAX ? check_suggestion(pair->key, known) : NULL;
        if (!near)
            continue;
        problem_hint(ps, p, "did you mean %s?", near);
        if (node_get(map, near))
            continue;
        problem_fix(ps, p, "remove", p->path, NULL);
        problem_fix(ps, p, "add", pointer_key(ps->a, path, str_of(near)), pair->value);
    }
}

#define SLIP_MAX 40 /* longer words are not compared */

/* Edits (insert, delete, replace) between two short words, case aside; Wagner and Fischer's table, one row kept. */
static size_t edits(struct str x, struct str y)
{
    size_t row[SLIP_MAX + 1];
    for (size_t j = 0; j <= y.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= x.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= y.n; j++) {
            bool same = str_eq_nocase(str_sub(x, i - 1, 1), str_sub(y, j - 1, 1));
            size_t best = diagonal + (same ? 0 : 1);
            best = row[j] + 1 < best ? row[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[y.n];
}

size_t check_slips(struct str text, struct str word)
{
    if (word.n > SLIP_MAX || text.n > SLIP_MAX)
        return SIZE_MAX;
    size_t d = edits(text, word);
    return d <= 2 && d * 3 <= word.n ? d : SIZE_MAX; /* fewer in short words */
}

const char *check_suggestion(struct str text, const char *const *known)
{
    const char *best = NULL;
    size_t least = SIZE_MAX;
    for (size_t i = 0; known[i]; i++) {
        size_t d = check_slips(text, str_of(known[i]));
        if (d < least) {
            least = d;
            best = known[i];
        }
    }
    return best;
}

static int by_name(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

struct names names_of(struct arena *a, const struct node *map)
{
    struct names names = {NULL, node_is_map(map) ? map->count : 0};
    names.list = arena_array_of(a, names.count, struct str);
    for (size_t i = 0; i < names.count; i++)
        names.list[i] = map->pairs[i].key;
    qsort(names.list, names.count, sizeof names.list[0], by_name);
    return names;
}

bool names_have(const struct names *names, struct str name)
{
    return bsearch(&name, names->list, names->count, sizeof name, by_name) != NULL;
}

struct port *check_ports_room(struct problems *ps, struct str path, const struct node *at, size_t count, size_t *room)
{
    *room = count > INTERFACE_MAX_PORTS ? INTERFACE_MAX_PORTS : count;
    if (count > INTERFACE_MAX_PORTS)
        check_error(ps, "too_many_ports", path, at, NULL, "%zu ports; at most %d are taken each way", count,
                    INTERFACE_MAX_PORTS);
    return arena_array_of(ps->a, *room, struct port);
}

bool check_port_name(struct problems *ps, const struct port *ports, size_t count, struct str path,
                     const struct node *at, struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(ports[i].name, name))
            continue;
        struct str shown = check_excerpt(ps->a, name);
        check_error(ps, "duplicate_name", path, at, "rename one of the two", "the name %.*s is taken%s", STR_ARG(shown),
                    ports[i].line ? " by an earlier one" : "");
        return false;
    }
    return true;
}

/* What KFP's own deserialiser (distutils.util.strtobool) takes for a truth value. */
static bool text_is_bool(struct str s)
{
    static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "y", "n", "t", "f", "1", "0"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_nocase(s, str_of(words[i])))
            return true;
    return false;
}

static size_t digits(struct str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9')
        n++;
    return n;
}

/* A decimal number: sign, digits, fraction, exponent. *whole tells whether its value has no fraction (3, 3.0). */
static bool text_is_number(struct str s, bool *whole)
{
    size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+') ? 1 : 0;
    struct str rest = str_from(s, i);
    *whole = false;
    if (str_eq_nocase(rest, STR("inf")) || str_eq_nocase(rest, STR("nan")) || str_eq_nocase(rest, STR("infinity")) ||
        str_eq_nocase(rest, STR(".inf")) || str_eq_nocase(rest, STR(".nan")))
        return true;
    size_t before = digits(s, i), after = 0;
    i += before;
    *whole = true;
    if (i < s.n && s.p[i] == '.') {
        after = digits(s, ++i);
        for (size_t k = 0; k < after; k++)
            *whole = *whole && s.p[i + k] == '0';
        i += after;
    }
    if (before + after == 0)
        return false;
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        *whole = false;
        i++;
        if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
            i++;
        size_t exponent = digits(s, i);
        if (exponent == 0)
            return false;
        i += exponent;
    }
    return i == s.n;
}

/* A default of a list or map type: such a node, or text that reads as one (JSON is YAML, and KFP's users write both).
 */
static bool holds(struct arena *a, const struct node *value, enum node_kind wanted)
{
    if (!node_is_scalar(value))
        return value->kind == wanted;
    struct node *parsed = value->type == SCALAR_STR ? check_inner(a, value->text) : NULL;
    return parsed && parsed->kind == wanted;
}

static bool default_fits(struct arena *a, struct str type, const struct node *value)
{
    bool whole;
    struct str text = str_trim(node_text(value));
    if (str_is(type, "JsonArray") || str_starts(type, "List["))
        return holds(a, value, NODE_SEQ);
    if (str_is(type, "JsonObject") || type_is_workspace(type))
        return holds(a, value, NODE_MAP);
    if (!node_is_scalar(value))
        return type.n == 0;
    if (str_is(type, "Integer"))
        return value->type == SCALAR_INT || (text_is_number(text, &whole) && whole);
    if (str_is(type, "Float"))
        return value->type == SCALAR_INT || value->type == SCALAR_FLOAT || text_is_number(text, &whole);
    if (str_is(type, "Boolean"))
        return value->type == SCALAR_BOOL || text_is_bool(text);
    return true;
}

void check_default(struct problems *ps, struct port *port, struct str path, const struct node *value)
{
    if (node_is_null(value))
        return;
    port->default_value = value;
    struct str name = check_excerpt(ps->a, port->name);
    if (node_is_scalar(value) && node_text(value).n == 0) {
        /* Generated components write '' for "nothing" whatever the type is, and KFP takes it. */
        if (!default_fits(ps->a, port->type, value))
            problem_add(ps, SEVERITY_WARNING, "empty_default", path, value, "the default of %.*s is empty, not a %.*s",
                        STR_ARG(name), STR_ARG(port->type));
        return;
    }
    if (default_fits(ps->a, port->type, value))
        return;
    struct str shown = node_is_scalar(value) ? check_excerpt(ps->a, node_text(value)) : str_of(node_kind_name(value));
    check_error(ps, "bad_default", path, value, NULL, "the default of %.*s, %.*s, does not fit its type %.*s",
                STR_ARG(name), STR_ARG(shown), STR_ARG(port->type));
}

struct node *check_inner(struct arena *a, struct str text)
{
    struct node *n;
    struct err e = {0};
    enum status s = node_parse_yaml(a, text, &n, &e);
    if (s == ERR_NOMEM || strcmp(e.code, "memory_limit") == 0)
        arena_fail(a, s);
    return s == OK ? n : NULL;
}

struct str utf8_cut(struct str text, size_t max)
{
    if (text.n <= max)
        return text;
    while (max && ((unsigned char)text.p[max] & 0xc0) == 0x80)
        max--;
    return str_sub(text, 0, max);
}

#define EXCERPT_MAX 60

struct str check_excerpt(struct arena *a, struct str text)
{
    struct str cut = utf8_cut(text, EXCERPT_MAX);
    struct buf b;
    buf_init(&b, a, 4 * EXCERPT_MAX);
    for (size_t i = 0; i < cut.n; i++)
        buf_char(&b, (unsigned char)cut.p[i] < 0x20 || cut.p[i] == 0x7f ? ' ' : cut.p[i]);
    if (cut.n < text.n)
        buf_cstr(&b, "…");
    return buf_take(&b);
}
