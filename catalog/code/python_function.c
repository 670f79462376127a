/* Which function it is, its header, and that it uses nothing from outside. */
#include "catalog/code/python.h"

static bool is_def(const struct token *t)
{
    return t->first && t->column == 1 && python_name(t, "def") && t[1].kind == TOKEN_NAME;
}

static void several(struct problems *ps, const struct token *list, size_t count)
{
    struct buf b;
    const struct token *at = NULL;
    buf_init(&b, ps->a, 300);
    for (size_t i = 0; i < count; i++)
        if (is_def(&list[i]) && list[i + 1].text.p[0] != '_') {
            buf_cstr(&b, at ? ", " : "");
            buf_str(&b, list[i + 1].text);
            at = &list[i];
        }
    code_error(ps, at, "several_functions", "say which one: --function NAME, or function in a request",
               "there are several functions: %.*s", STR_ARG(buf_take(&b)));
}

static const struct token *find(struct problems *ps, const struct token *list, size_t count, struct str wanted)
{
    const struct token *found = NULL;
    size_t matches = 0;
    for (size_t i = 0; i + 1 < count; i++) {
        struct str name = list[i + 1].text;
        if (!is_def(&list[i]) || (wanted.n ? !str_eq(name, wanted) : name.p[0] == '_'))
            continue;
        found = &list[i];
        matches++;
    }
    if (matches == 1 || (matches > 1 && wanted.n > 0))
        return found; /* of two with one name the last one counts, as in Python */
    if (matches > 1)
        several(ps, list, count);
    else if (wanted.n > 0)
        code_error(ps, NULL, "unknown_function",
                   "it has to begin at the first column: def NAME(…):", "there is no function %.*s", STR_ARG(wanted));
    else
        code_error(ps, NULL, "no_function",
                   "write one at the first column, as in def add(a: int, b: int) -> int:", "there is no function");
    return NULL;
}

static bool bad_parameter(struct reader *r, const char *hint, const char *what)
{
    code_error(r->ps, r->next, "unsupported_parameter", hint, "%s cannot be inputs of a component", what);
    return false;
}

/* "model_file_path" of a file is the input "model". */
static struct str port_name(const struct parameter *p)
{
    struct str name = p->name;
    if (p->passing != PASS_PATH_IN && p->passing != PASS_PATH_OUT)
        return name;
    if (str_ends(name, "_path"))
        name.n -= 5;
    if (str_ends(name, "_file"))
        name.n -= 5;
    return name.n ? name : p->name;
}

static bool parameter(struct reader *r, struct function *f)
{
    if (r->next->kind != TOKEN_NAME)
        return python_expr(r) != NULL && bad_parameter(r, NULL, "such parameters");
    struct parameter *p = &f->parameters[f->parameter_count];
    *p = (struct parameter){.name = r->next->text, .at = r->next};
    r->next++;
    if (python_op(r->next, ":")) {
        r->next++;
        struct expr *type = python_expr(r);
        if (!type || !python_type(r->ps, type, false, p))
            return false;
    }
    if (python_op(r->next, "=")) {
        r->next++;
        struct expr *value = python_expr(r);
        if (!value || !python_default(r, value, p))
            return false;
    }
    if (p->passing == PASS_TEXT && p->port.type.n == 0)
        p->port.type = STR("String"); /* without an annotation; KFP 2 takes an input without a type for a file */
    p->port.name = port_name(p);
    f->parameter_count++;
    return true;
}

static bool parameters(struct reader *r, struct function *f)
{
    f->parameters = arena_array_of(r->a, CODE_MAX_PORTS, struct parameter);
    while (!python_op(r->next, ")")) {
        if (f->parameter_count == CODE_MAX_PORTS)
            return bad_parameter(r, NULL, "more than 100 parameters");
        if (python_op(r->next, "**") || (python_op(r->next, "*") && !python_op(r->next + 1, ",")))
            return bad_parameter(r, "name each input; several values are one parameter of type list or dict",
                                 "*args and **kwargs");
        if (python_op(r->next, "/"))
            return bad_parameter(r, "take the / out: inputs are given by name", "parameters without a name");
        if (python_op(r->next, "*"))
            r->next++;
        else if (!parameter(r, f))
            return false;
        if (python_op(r->next, ","))
            r->next++;
        else if (!python_op(r->next, ")"))
            return python_expr(r) != NULL && bad_parameter(r, NULL, "such parameters");
    }
    r->next++;
    return true;
}

static bool header(struct reader *r, struct function *f)
{
    if (!python_op(r->next, "(")) {
        code_error(r->ps, r->next, "syntax", NULL, "a ( has to follow the function's name");
        return false;
    }
    r->next++;
    if (!parameters(r, f))
        return false;
    if (python_op(r->next, "->")) {
        r->next++;
        struct expr *type = python_expr(r);
        if (!type || !python_returns(r, type, f))
            return false;
    }
    if (!python_op(r->next, ":")) {
        code_error(r->ps, r->next, "syntax", NULL, "a : has to end the function's header");
        return false;
    }
    r->next++;
    return true;
}

static bool unique(struct problems *ps, const struct parameter *list, size_t count, bool outputs,
                   const struct parameter *more, size_t more_count)
{
    for (size_t i = 0; i < count + more_count; i++) {
        const struct parameter *p = i < count ? &list[i] : &more[i - count];
        if (i < count && (p->passing == PASS_PATH_OUT) != outputs)
            continue;
        for (size_t j = 0; j < i; j++) {
            const struct parameter *q = j < count ? &list[j] : &more[j - count];
            if (j < count && (q->passing == PASS_PATH_OUT) != outputs)
                continue;
            if (str_eq(p->port.name, q->port.name)) {
                code_error(ps, p->at, "duplicate_name", "rename one of them; _path and _file at the end do not count",
                           "two %s are called %.*s", outputs ? "outputs" : "inputs", STR_ARG(p->port.name));
                return false;
            }
        }
    }
    return true;
}

/* The body's tokens: up to the next statement at the first column. */
static const struct token *body_end(const struct token *t)
{
    while (t->kind != TOKEN_END && !(t->first && t->column == 1))
        t++;
    return t;
}

static struct str text_between(struct str source, const struct token *from, const struct token *end)
{
    const struct token *last = end - 1;
    while (last > from && last->kind == TOKEN_NEWLINE)
        last--;
    const char *stop = last->text.p + last->text.n;
    while (stop < source.p + source.n && *stop != '\n')
        stop++;
    return (struct str){from->text.p, (size_t)(stop - from->text.p)};
}

/* Made by the function itself: a parameter, assigned, imported, a variable of a loop. */
static bool bound_within(const struct token *from, const struct token *end, struct str name)
{
    bool importing = false;
    for (const struct token *t = from; t < end; t++) {
        importing = t->kind == TOKEN_NEWLINE ? false : importing || python_name(t, "import");
        if (t->kind != TOKEN_NAME || !str_eq(t->text, name) || python_op(t - 1, "."))
            continue;
        bool begun = python_name(t - 1, "as") || python_name(t - 1, "for") || python_name(t - 1, "def") ||
                     python_name(t - 1, "class");
        if (importing || begun || python_op(t + 1, "=") || python_op(t + 1, ":=") || python_op(t + 1, ":"))
            return true;
    }
    return false;
}

/* Where the body uses a name that is not its own. */
static const struct token *used_within(const struct function *f, const struct token *from, const struct token *end,
                                       struct str name)
{
    for (size_t i = 0; i < f->parameter_count; i++)
        if (str_eq(f->parameters[i].name, name))
            return NULL;
    for (const struct token *t = from; t < end; t++)
        if (t->kind == TOKEN_NAME && str_eq(t->text, name) && !python_op(t - 1, "."))
            return bound_within(from, end, name) ? NULL : t;
    return NULL;
}

/* Only the function is carried, so what the file has beside it is not there when it runs. */
static bool self_contained(struct problems *ps, const struct function *f, const struct token *list,
                           const struct token *body, const struct token *end)
{
    bool importing = false, fine = true;
    for (const struct token *t = list; t->kind != TOKEN_END; t++) {
        bool own = t >= f->at && t < end;
        bool top = t->first && t->column == 1;
        if (t->first)
            importing = top && (python_name(t, "import") || python_name(t, "from"));
        bool named =
            t > list && (python_name(t - 1, "def") || python_name(t - 1, "class")) && t[-1].first && t[-1].column == 1;
        bool assigned = top && python_op(t + 1, "=");
        if (own || t->kind != TOKEN_NAME || !(named || assigned || importing) || (t > list && python_op(t - 1, ".")))
            continue;
        const struct token *use = used_within(f, body, end, t->text);
        if (!use || python_name(t, "import") || python_name(t, "from"))
            continue;
        code_error(ps, use, "outside_name", "move it into the function: only the function itself is carried",
                   "%.*s comes from outside of the function, line %u", STR_ARG(t->text), t->line);
        fine = false;
    }
    return fine;
}

static void decorators(struct problems *ps, const struct token *list, const struct token *def)
{
    const struct token *t = def;
    while (t > list && !(t->first && t->column == 1 && t != def))
        t--;
    if (t == def || !python_op(t, "@"))
        return;
    struct problem *p = problem_add(ps, SEVERITY_WARNING, "decorator", STR("/source"), NULL,
                                    "the decorator is left out: only the function itself is carried");
    p->line = t->line;
    p->column = t->column;
}

bool python_function(struct arena *a, const struct code_request *rq, struct problems *ps, struct function *f)
{
    size_t count;
    const struct token *list = python_tokens(ps, rq->source, &count);
    const struct token *def = list ? find(ps, list, count, rq->function) : NULL;
    if (!def)
        return false;
    f->name = def[1].text;
    f->at = def;
    if (f->name.p[0] == '_') {
        code_error(ps, def, "unsupported_function", "give it a name without _ at the beginning",
                   "%.*s is a private function", STR_ARG(f->name));
        return false;
    }
    struct reader r = {.a = a, .ps = ps, .next = def + 2};
    if (!header(&r, f))
        return false;
    const struct token *body = r.next;
    const struct token *end = body_end(body);
    while (r.next->kind == TOKEN_NEWLINE)
        r.next++;
    if (r.next->kind == TOKEN_STRING && r.next < end)
        (void)python_string(a, r.next->text, &f->doc);
    f->source = text_between(rq->source, def, end);
    decorators(ps, list, def);
    python_doc(a, f);
    return unique(ps, f->parameters, f->parameter_count, false, NULL, 0) &&
           unique(ps, f->parameters, f->parameter_count, true, f->results, f->result_count) &&
           self_contained(ps, f, list, body, end);
}
