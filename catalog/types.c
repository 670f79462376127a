#include "catalog/interface.h"

/*
 * Spellings of one type. Names on the left are compared without regard to case, as KFP's own table does
 * (kfp.dsl.types.type_utils.PARAMETER_TYPES_MAPPING); "any" is what editors write for "not typed".
 */
static const struct {
    const char *spelling, *name;
} SPELLINGS[] = {
    {"string", "String"},
    {"str", "String"},
    {"text", "String"},
    {"integer", "Integer"},
    {"int", "Integer"},
    {"number_integer", "Integer"},
    {"float", "Float"},
    {"double", "Float"},
    {"number_double", "Float"},
    {"boolean", "Boolean"},
    {"bool", "Boolean"},
    {"jsonarray", "JsonArray"},
    {"list", "JsonArray"},
    {"array", "JsonArray"},
    {"jsonobject", "JsonObject"},
    {"dict", "JsonObject"},
    {"struct", "JsonObject"},
    {"object", "JsonObject"},
    {"task_final_status", "TaskFinalStatus"},
    {"task_config", "TaskConfig"},
    {"any", ""},
};

static const char *const ARTIFACTS[] = {
    "Artifact", "Model",   "Dataset", "Metrics", "ClassificationMetrics", "SlicedClassificationMetrics",
    "HTML",     "Markdown"};

static const char *artifact_name(struct str s)
{
    for (size_t i = 0; i < sizeof ARTIFACTS / sizeof ARTIFACTS[0]; i++)
        if (str_eq_nocase(s, str_of(ARTIFACTS[i])))
            return ARTIFACTS[i];
    return NULL;
}

/* Needs no memory: the answer is one of the names above or a part of `s`. */
static struct str fold(struct str s)
{
    s = str_trim(s);
    if (str_starts(s, "typing."))
        s = str_from(s, sizeof "typing." - 1);
    if (str_starts(s, "system."))
        s = str_from(s, sizeof "system." - 1);
    ptrdiff_t at = str_find_char(s, '@'); /* system.Model@0.0.1 */
    if (at > 0)
        s = str_sub(s, 0, (size_t)at);
    ptrdiff_t bracket = str_find_char(s, '[');
    if (bracket > 0 && str_ends(s, "]")) {
        /* List[str] is a JSON array; List[Dataset] is a list of artifacts, which is something else. */
        struct str outer = str_sub(s, 0, (size_t)bracket);
        struct str inner = str_sub(s, (size_t)bracket + 1, s.n - (size_t)bracket - 2);
        if (artifact_name(inner) || str_starts(inner, "system.") || str_starts(inner, "google."))
            return s;
        s = outer;
    }
    for (size_t i = 0; i < sizeof SPELLINGS / sizeof SPELLINGS[0]; i++)
        if (str_eq_nocase(s, str_of(SPELLINGS[i].spelling)))
            return str_of(SPELLINGS[i].name);
    const char *artifact = artifact_name(s);
    return artifact ? str_of(artifact) : s;
}

struct str type_normal(struct arena *a, const struct node *type)
{
    if (node_is_map(type)) {
        struct str title = node_text_of(type, "schemaTitle");
        if (title.n == 0)
            title = node_text_of(type, "schema_title");
        if (title.n == 0 && type->count)
            title = type->pairs[0].key;
        return str_dup(a, fold(title));
    }
    return str_dup(a, fold(node_text(type)));
}

bool type_is_value(struct str type)
{
    static const char *const values[] = {"String",     "Integer",         "Float",      "Boolean", "JsonArray",
                                         "JsonObject", "TaskFinalStatus", "TaskConfig", "URI",     "URL",
                                         "GCSPath",    "GCRPath",         "GCPRegion",  "Secret",  "GCPProjectID"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (str_eq_nocase(type, str_of(values[i])))
            return true;
    return false;
}

bool type_is_workspace(struct str type)
{
    return str_is(type, "Workspace");
}

bool type_fits(struct str from, struct str to)
{
    if (str_eq(from, to)) /* most of them: spares the look for other spellings */
        return true;
    from = fold(from);
    to = fold(to);
    if (type_is_workspace(from) || type_is_workspace(to))
        return str_eq(from, to);
    if (from.n == 0 || to.n == 0 || str_eq(from, to))
        return true;
    if (str_is(to, "String"))
        return type_is_value(from);
    if (str_is(to, "Float"))
        return str_is(from, "Integer");
    /* As in KFP, the general artifact type stands for each of the special ones. */
    if (str_is(from, "Artifact") || str_is(to, "Artifact"))
        return !type_is_value(from) && !type_is_value(to);
    return false;
}
