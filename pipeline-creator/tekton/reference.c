#include "pipeline-creator/tekton/reference.h"

void texts_add(struct texts *t, struct str s)
{
    if (t->count == t->cap) {
        size_t cap = t->cap ? 2 * t->cap : 8;
        t->items = arena_grow(t->a, t->items, t->cap * sizeof(struct str), cap * sizeof(struct str));
        t->cap = cap;
    }
    t->items[t->count++] = s;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '.' || c == '-';
}

/* The end of `[12]` or `[*]` at i; i itself when there is none. */
static size_t index_end(struct str s, size_t i)
{
    size_t k = i + 1;
    if (i >= s.n || s.p[i] != '[')
        return i;
    if (k < s.n && s.p[k] == '*')
        k++;
    else
        while (k < s.n && is_digit(s.p[k]))
            k++;
    return k > i + 1 && k < s.n && s.p[k] == ']' ? k + 1 : i;
}

void reference_expressions(struct texts *out, struct str s)
{
    for (size_t i = 0; i + 3 < s.n;) {
        size_t from = i + 2, end = from;
        if (s.p[i] != '$' || s.p[i + 1] != '(') {
            i++;
            continue;
        }
        while (end < s.n && is_name(s.p[end]))
            end++;
        size_t names = end;
        end = index_end(s, end);
        if (names > from && end < s.n && s.p[end] == ')') {
            texts_add(out, str_sub(s, from, end - from));
            i = end + 1;
        } else {
            i = names;
        }
    }
}

/* ---- references to results */

static size_t split_dots(struct str s, struct str *parts, size_t max)
{
    size_t n = 0;
    struct str part;
    while (s.p && str_split(&s, '.', &part)) {
        if (n < max)
            parts[n] = part;
        n++;
    }
    return n;
}

bool reference_like_result(struct str expression)
{
    struct str parts[4] = {{0}};
    return split_dots(expression, parts, 4) >= 4 && (str_is(parts[0], "tasks") || str_is(parts[0], "finally")) &&
           str_is(parts[2], "results");
}

/* All "[12]", "[*]", "[12*]", "[]" out of the text. */
static struct str without_indices(struct arena *a, struct str s)
{
    struct buf b;
    if (str_find_char(s, '[') < 0)
        return s;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < s.n;) {
        size_t k = i + 1;
        if (s.p[i] == '[') {
            while (k < s.n && is_digit(s.p[k]))
                k++;
            if (k < s.n && s.p[k] == '*')
                k++;
            if (k < s.n && s.p[k] == ']') {
                i = k + 1;
                continue;
            }
        }
        buf_char(&b, s.p[i++]);
    }
    return buf_take(&b);
}

bool reference_result(struct arena *a, struct str expression, struct result_ref *out)
{
    struct str parts[5] = {{0}};
    size_t count = split_dots(expression, parts, 5);
    if (!reference_like_result(expression) || count > 5)
        return false;
    out->task = parts[1];
    out->result = count == 4 ? without_indices(a, parts[3]) : parts[3];
    return true;
}

bool reference_any_like_result(const struct texts *expressions)
{
    for (size_t i = 0; i < expressions->count; i++)
        if (reference_like_result(expressions->items[i]))
            return true;
    return false;
}

/* The line that `from` is in, from there on. */
static struct str line_from(struct str s, size_t from)
{
    struct str rest = str_from(s, from);
    ptrdiff_t end = str_find_char(rest, '\n');
    return end < 0 ? rest : str_sub(rest, 0, (size_t)end);
}

bool reference_step_result_parts(struct str s, struct str *step, struct str *result)
{
    for (struct str rest = s;;) {
        ptrdiff_t at = str_find(rest, STR("$(steps."));
        if (at < 0)
            return false;
        struct str line = line_from(rest, (size_t)at + 8);
        ptrdiff_t middle = str_find(line, STR(".results."));
        if (middle >= 0) {
            struct str tail = str_from(line, (size_t)middle + 9);
            ptrdiff_t end = str_find_char(tail, ')');
            if (end >= 0) {
                *step = str_sub(line, 0, (size_t)middle);
                *result = str_sub(tail, 0, (size_t)end);
                return true;
            }
        }
        /* Nothing in the rest of this line can match either. */
        rest = str_from(rest, (size_t)at + 8 + line.n);
    }
}

bool reference_step_result(struct str s)
{
    struct str step, result;
    return reference_step_result_parts(s, &step, &result);
}

/* `<start><not a dot>.inputs.<neither dot nor parenthesis>)`, or .outputs. */
static bool named_artifact(struct str s, struct str start)
{
    for (ptrdiff_t at; (at = str_find(s, start)) >= 0; s = str_from(s, (size_t)at + start.n)) {
        struct str rest = str_from(s, (size_t)at + start.n);
        ptrdiff_t dot = str_find_char(rest, '.');
        if (dot <= 0)
            continue;
        rest = str_from(rest, (size_t)dot);
        if (!str_starts(rest, ".inputs.") && !str_starts(rest, ".outputs."))
            continue;
        rest = str_from(rest, str_starts(rest, ".inputs.") ? 8 : 9);
        size_t n = 0;
        while (n < rest.n && rest.p[n] != '.' && rest.p[n] != ')')
            n++;
        if (n && n < rest.n && rest.p[n] == ')')
            return true;
    }
    return false;
}

bool reference_step_artifact(struct str s)
{
    return named_artifact(s, STR("$(steps.")) || str_find(s, STR("$(step.artifacts.path)")) >= 0;
}

bool reference_named_task_artifact(struct str s)
{
    return named_artifact(s, STR("$(tasks."));
}

bool reference_task_artifact(struct str s)
{
    return reference_named_task_artifact(s) || str_find(s, STR("$(artifacts.path)")) >= 0;
}

/* ---- variables with a prefix */

enum notation { DOT, DOUBLE_QUOTED, SINGLE_QUOTED, NOTATIONS };

static const struct {
    const char *open, *close;
} NOTATION[NOTATIONS] = {{".", ")"}, {"[\"", "\"])"}, {"['", "'])"}};

struct scan {
    struct str s;
    const char *prefix;
    size_t at;
    size_t none_before[NOTATIONS]; /* no closing of this kind before here: searched already */
};

struct variable {
    struct str whole, name;
    enum notation notation;
};

/* The end of the prefix at i, or 0. */
static size_t prefix_end(struct str s, size_t i, const char *prefix)
{
    for (; *prefix; prefix++, i++) {
        if (i >= s.n)
            return 0;
        if (*prefix == '.') {
            if (s.p[i] == '\n')
                return 0;
            continue;
        }
        if (*prefix == '\\')
            prefix++;
        if (s.p[i] != *prefix)
            return 0;
    }
    return i;
}

/* How far away `close` is within this line, or what there is of the line when it is not there. Looks no further than
   that: a long line can have very many variables. */
static bool find_in_line(struct str rest, const char *close, size_t *n)
{
    for (*n = 0; *n < rest.n && rest.p[*n] != '\n'; ++*n)
        if (rest.p[*n] == close[0] && str_starts(str_from(rest, *n), close))
            return true;
    return false;
}

static bool close_variable(struct scan *scan, size_t start, size_t at, struct variable *out)
{
    for (int k = 0; k < NOTATIONS; k++) {
        struct str rest = str_from(scan->s, at);
        if (!str_starts(rest, NOTATION[k].open) || at < scan->none_before[k])
            continue;
        size_t end;
        rest = str_from(rest, strlen(NOTATION[k].open));
        if (!find_in_line(rest, NOTATION[k].close, &end)) {
            scan->none_before[k] = at + end;
            continue;
        }
        out->notation = (enum notation)k;
        out->name = str_sub(rest, 0, end);
        scan->at = at + strlen(NOTATION[k].open) + end + strlen(NOTATION[k].close);
        out->whole = str_sub(scan->s, start, scan->at - start);
        return true;
    }
    return false;
}

static bool next_variable(struct scan *scan, struct variable *out)
{
    while (scan->at < scan->s.n) {
        ptrdiff_t found = str_find(str_from(scan->s, scan->at), STR("$("));
        if (found < 0)
            return false;
        size_t start = scan->at + (size_t)found, end = prefix_end(scan->s, start + 2, scan->prefix);
        if (end && close_variable(scan, start, end, out))
            return true;
        scan->at = start + 2;
    }
    return false;
}

static struct scan scan_of(struct str s, const char *prefix)
{
    return (struct scan){.s = s, .prefix = prefix};
}

static bool malformed(const struct variable *v)
{
    struct str parts[3] = {{0}};
    return v->notation == DOT && split_dots(v->name, parts, 3) > 2;
}

/* Tells of `$(params.a.b.c)`: whatever else is in the text, that comes first. */
static bool has_malformed(struct faults *f, struct str value, const char *prefix)
{
    struct variable v;
    struct scan scan = scan_of(value, prefix);
    while (next_variable(&scan, &v)) {
        if (!malformed(&v))
            continue;
        fault_add(f, "bad_reference", "",
                  "Invalid referencing of parameters in \"%.*s\"! Only two dot-separated components after the prefix "
                  "\"%s\" are allowed.",
                  STR_ARG(value), prefix);
        return true;
    }
    return false;
}

/* What the variable names: of `a.b` in dot notation, `a`. */
static struct str named(const struct variable *v)
{
    ptrdiff_t dot = v->notation == DOT ? str_find_char(v->name, '.') : -1;
    return dot < 0 ? v->name : str_sub(v->name, 0, (size_t)dot);
}

static struct str without_star(struct str s)
{
    return str_ends(s, "[*]") ? str_sub(s, 0, s.n - 3) : s;
}

static void known(struct faults *f, struct str value, const char *prefix, const struct map *names, bool detail)
{
    struct variable v;
    struct scan scan = scan_of(value, prefix);
    if (has_malformed(f, value, prefix))
        return;
    while (next_variable(&scan, &v)) {
        struct str name = without_indices(f->a, named(&v)), quoted;
        if (map_find(names, name))
            continue;
        quoted = go_quote(f->a, value);
        if (detail)
            fault_add(f, "unknown_variable", "", "non-existent variable `%.*s` in %.*s", STR_ARG(name),
                      STR_ARG(quoted));
        else
            fault_add(f, "unknown_variable", "", "non-existent variable in %.*s", STR_ARG(quoted));
        return;
    }
}

void reference_known(struct faults *f, struct str value, const char *prefix, const struct map *names)
{
    known(f, value, prefix, names, false);
}

void reference_known_detail(struct faults *f, struct str value, const char *prefix, const struct map *names)
{
    known(f, value, prefix, names, true);
}

static void invalid_type(struct faults *f, struct str value)
{
    struct str quoted = go_quote(f->a, value);
    fault_add(f, "wrong_variable_type", "", "variable type invalid in %.*s", STR_ARG(quoted));
}

void reference_not_these(struct faults *f, struct str value, const char *prefix, const struct map *names)
{
    struct variable v;
    struct scan scan = scan_of(value, prefix);
    if (has_malformed(f, value, prefix))
        return;
    while (next_variable(&scan, &v)) {
        if (map_find(names, without_star(named(&v)))) {
            invalid_type(f, value);
            return;
        }
    }
}

void reference_not_these_whole(struct faults *f, struct str value, const char *prefix, const struct map *names)
{
    struct variable v;
    struct scan scan = scan_of(value, prefix);
    while (next_variable(&scan, &v)) {
        if (map_find(names, without_star(v.name))) {
            invalid_type(f, value);
            return;
        }
    }
}

void reference_isolated(struct faults *f, struct str value, const char *prefix, const struct map *names)
{
    struct variable v;
    struct scan scan = scan_of(value, prefix);
    if (has_malformed(f, value, prefix))
        return;
    for (size_t first = 0; next_variable(&scan, &v);) {
        first = first ? first : v.whole.n;
        if (map_find(names, without_star(named(&v))) && value.n != first) {
            struct str quoted = go_quote(f->a, value);
            fault_add(f, "not_isolated", "", "variable is not properly isolated in %.*s", STR_ARG(quoted));
            return;
        }
    }
}

bool reference_whole_value(struct faults *f, struct str param, struct str value, const char *prefix,
                           const struct map *names)
{
    struct variable v;
    struct scan scan = scan_of(value, prefix);
    if (!next_variable(&scan, &v) || v.whole.n != value.n || !str_ends(v.name, "[*]") || v.name.n == 3)
        return false;
    for (size_t i = 0; i + 3 < v.name.n; i++)
        if (!is_name(v.name.p[i]))
            return false;
    size_t mark = f->count;
    reference_known(f, value, prefix, names);
    fault_via_key(f, mark, prefix, param);
    return true;
}

void reference_variables(struct texts *out, struct str value, const char *prefix)
{
    struct variable v;
    struct scan scan = scan_of(value, prefix);
    while (next_variable(&scan, &v))
        texts_add(out, v.whole);
}

size_t reference_count(struct str value, const char *prefix, struct str *first)
{
    struct variable v;
    struct scan scan = scan_of(value, prefix);
    size_t count = 0;
    while (next_variable(&scan, &v))
        if (count++ == 0)
            *first = v.whole;
    return count;
}
