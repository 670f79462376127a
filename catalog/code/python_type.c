/* What annotations mean to KFP. */
#include "catalog/code/python.h"

#define TYPES                                                                                                          \
    "write str, int, float, bool, list, dict, the name of another type as a string ('CSV'), or InputPath('CSV') and "  \
    "OutputPath('CSV') for files"

static const struct {
    const char *python, *type;
    enum passing passing;
} known[] = {
    {"str", "String", PASS_TEXT},     {"int", "Integer", PASS_INT},      {"float", "Float", PASS_FLOAT},
    {"bool", "Boolean", PASS_BOOL},   {"list", "JsonArray", PASS_JSON},  {"dict", "JsonObject", PASS_JSON},
    {"List", "JsonArray", PASS_JSON}, {"Dict", "JsonObject", PASS_JSON},
};

static bool unsupported(struct problems *ps, const struct expr *e, const char *hint)
{
    code_error(ps, e->at, "unsupported_type", hint, "the type %.*s%s cannot be passed between components",
               STR_ARG(e->text.n ? e->text : STR("given here")), e->trailer == '[' ? "[…]" : "");
    return false;
}

static bool is_none(const struct expr *e)
{
    return e->kind == EXPR_NAME && str_is(e->text, "None");
}

/* Optional[x], Union[x, None] and x | None: the x, and *none set. Others come back as they are. */
static const struct expr *without_none(const struct expr *e, bool *none)
{
    bool optional = e->kind == EXPR_NAME && e->trailer == '[' && str_is(e->text, "Optional") && e->count == 1;
    bool either = e->kind == EXPR_UNION || (e->kind == EXPR_NAME && e->trailer == '[' && str_is(e->text, "Union"));
    *none = optional;
    if (optional)
        return e->items[0];
    if (!either || e->count != 2 || is_none(e->items[0]) == is_none(e->items[1]))
        return e;
    *none = true;
    return e->items[is_none(e->items[0]) ? 1 : 0];
}

static bool type_name(struct problems *ps, const struct expr *e, struct str *type, enum passing *passing)
{
    if (e->kind == EXPR_STRING && e->text.n > 0) {
        *type = e->text;
        *passing = PASS_TEXT;
        return true;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (e->kind == EXPR_NAME && e->trailer != '(' && str_is(e->text, known[i].python) &&
            (e->trailer == 0 || known[i].passing == PASS_JSON)) {
            *type = str_of(known[i].type);
            *passing = known[i].passing;
            return true;
        }
    return unsupported(ps, e, TYPES);
}

static bool path_type(struct problems *ps, const struct expr *e, struct parameter *p)
{
    enum passing unused;
    p->passing = str_is(e->text, "InputPath") ? PASS_PATH_IN : PASS_PATH_OUT;
    if (e->count > 1 || (e->count == 0 && e->trailer == '['))
        return unsupported(ps, e, "one name of a type stands in the brackets, as in InputPath('CSV')");
    return e->count == 0 || type_name(ps, e->items[0], &p->port.type, &unused);
}

static const char *hint_for(struct str name)
{
    if (str_is(name, "Input") || str_is(name, "Output"))
        return "artifacts of KFP 2 are not read here: write InputPath('Dataset') or OutputPath('Dataset'), a path";
    if (str_is(name, "InputTextFile") || str_is(name, "InputBinaryFile"))
        return "write InputPath, which gives a path, and open the file in the function";
    if (str_is(name, "OutputTextFile") || str_is(name, "OutputBinaryFile"))
        return "write OutputPath, which gives a path, and open the file in the function";
    return NULL;
}

bool python_type(struct problems *ps, const struct expr *e, bool returned, struct parameter *p)
{
    bool none;
    e = without_none(e, &none);
    bool path = e->kind == EXPR_NAME && (str_is(e->text, "InputPath") || str_is(e->text, "OutputPath"));
    if (returned && (none || path))
        return unsupported(ps, e, "what is returned is str, int, float, bool, list, dict or the name of a type");
    p->port.optional = p->absent_is_none = none;
    if (none && path && str_is(e->text, "OutputPath"))
        return unsupported(ps, e, "an output is always there");
    if (path)
        return path_type(ps, e, p);
    if (e->kind == EXPR_NAME && hint_for(e->text))
        return unsupported(ps, e, hint_for(e->text));
    return type_name(ps, e, &p->port.type, &p->passing);
}

/* One field of NamedTuple('Outputs', [('sum', int)]) or NamedTuple('Outputs', sum=int). */
static bool add_result(struct reader *r, struct function *f, struct str name, const struct expr *type)
{
    struct parameter *p = &f->results[f->result_count++];
    *p = (struct parameter){.name = name, .at = type->at, .port = {.name = name}};
    return python_type(r->ps, type, true, p);
}

static bool tuple_fields(struct reader *r, const struct expr *e, struct function *f)
{
    const struct expr *list = e->count == 2 && e->items[1]->kind == EXPR_LIST ? e->items[1] : NULL;
    size_t count = list ? list->count : e->count - 1;
    f->results = arena_array_of(r->a, count + 1, struct parameter);
    f->returns_tuple = true;
    for (size_t i = 0; i < count; i++) {
        const struct expr *pair = list ? list->items[i] : NULL;
        bool fits = list ? pair->kind == EXPR_LIST && pair->count == 2 && pair->items[0]->kind == EXPR_STRING
                         : e->keywords[i + 1].n > 0;
        if (!fits) {
            code_error(r->ps, pair ? pair->at : e->at, "unsupported_return",
                       "write NamedTuple('Outputs', [('sum', int), ('text', str)])",
                       "the outputs of this NamedTuple cannot be read");
            return false;
        }
        if (!add_result(r, f, list ? pair->items[0]->text : e->keywords[i + 1],
                        list ? pair->items[1] : e->items[i + 1]))
            return false;
    }
    return true;
}

bool python_returns(struct reader *r, const struct expr *e, struct function *f)
{
    static const char *const hint = "several outputs are written NamedTuple('Outputs', [('sum', int), ('text', str)])";
    if (is_none(e))
        return true;
    if (e->kind == EXPR_NAME && str_is(e->text, "NamedTuple") && e->trailer == '(' && e->count > 0)
        return tuple_fields(r, e, f);
    if (e->kind == EXPR_LIST || e->kind == EXPR_DICT ||
        (e->kind == EXPR_NAME && (str_is(e->text, "tuple") || str_is(e->text, "Tuple")))) {
        code_error(r->ps, e->at, "unsupported_return", hint, "outputs need names");
        return false;
    }
    f->results = arena_array_of(r->a, 1, struct parameter);
    return add_result(r, f, STR("Output"), e);
}
