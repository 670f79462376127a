/*
 * dynamicData arguments, in the shapes of Tangle (cloud_pipelines_backend/component_structures.py:
 * DynamicDataReference): {dynamicData: {<what>: {…}}}, or {dynamicData: <what>} where <what> takes nothing.
 */
#include "pipeline-creator/graph/read.h"

#define SECRET_NAME_MAX 253 /* both, Kubernetes' validation.DNS1123SubdomainMaxLength */
#define NODES           "tangleml.com/launchers/kubernetes/multi_node/number_of_nodes"

enum meaning {
    MEANS_VARIABLE,
    MEANS_PIPELINE, /* the name of the document, which is known while compiling, */
    MEANS_TASK,     /* and so is that of the task */
    MEANS_NODES     /* a text that holds for a task on one node */
};

/* The names with multi_node are Tangle's own; a task has one node here, for which its launchers say the same. */
static const struct variable {
    const char *name;
    enum meaning meaning;
    enum graph_variable variable;
    const char *text, *type;
} VARIABLES[] = {
    {"system/pipeline_run.name", MEANS_VARIABLE, VARIABLE_RUN_NAME, NULL, "String"},
    {"system/pipeline_run.id", MEANS_VARIABLE, VARIABLE_RUN_UID, NULL, "String"},
    {"system/pipeline_run.namespace", MEANS_VARIABLE, VARIABLE_RUN_NAMESPACE, NULL, "String"},
    {"system/pipeline.name", MEANS_PIPELINE, 0, NULL, "String"},
    {"system/task.name", MEANS_TASK, 0, NULL, "String"},
    {"system/task.retry_count", MEANS_VARIABLE, VARIABLE_RETRY_COUNT, NULL, "Integer"},
    {"system/multi_node/number_of_nodes", MEANS_NODES, 0, "1", NULL},
    {"system/multi_node/node_index", MEANS_NODES, 0, "0", NULL},
    {"system/multi_node/node_0_address", MEANS_NODES, 0, "localhost", NULL},
    {"system/multi_node/all_node_addresses", MEANS_NODES, 0, "localhost", NULL},
};
#define VARIABLE_COUNT (sizeof VARIABLES / sizeof VARIABLES[0])

static bool is_subdomain(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool inner = c == '-' || c == '.';
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && !inner)
            return false;
        if (inner && (i == 0 || i + 1 == s.n || (c == '.' && s.p[i - 1] == '.')))
            return false;
    }
    return s.n > 0 && s.n <= SECRET_NAME_MAX;
}

static bool is_key(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_')
            return false;
    }
    return s.n > 0 && s.n <= SECRET_NAME_MAX && !str_is(s, ".") && !str_starts(s, "..");
}

bool graph_secret(struct str text, struct str *name, struct str *key)
{
    ptrdiff_t slash = str_find_char(text, '/');
    *name = slash < 0 ? text : str_sub(text, 0, (size_t)slash);
    *key = slash < 0 ? STR(GRAPH_SECRET_KEY) : str_from(text, (size_t)slash + 1);
    return is_subdomain(*name) && is_key(*key);
}

/* {name, key?}. What was written is never repeated: it may be a secret that was put in the wrong place. */
static struct graph_value read_secret(struct reader *r, struct scope *s, const struct node *n,
                                      const struct node *secret, struct str pointer)
{
    struct str name = node_text_of(secret, "name"), key = STR(GRAPH_SECRET_KEY);
    bool known = true;
    for (size_t i = 0; node_is_map(secret) && i < secret->count; i++)
        known = known && (str_is(secret->pairs[i].key, "name") || str_is(secret->pairs[i].key, "key"));
    if (node_get(secret, "key"))
        key = node_text_of(secret, "key");
    if (known && is_subdomain(name) && is_key(key))
        return (struct graph_value){.source = SOURCE_SECRET, .text = name, .key = key, .at = n};
    struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "invalid_secret", pointer, n,
                                      "this does not name an entry of a Kubernetes Secret");
    problem_hint(r->ps, p,
                 "{dynamicData: {secret: {name: my-secret, key: password}}}; key is " GRAPH_SECRET_KEY
                 " when it is left out");
    return unknown_value(n);
}

static struct graph_value unknown_variable(struct reader *r, struct scope *s, const struct level_task *t,
                                           const struct node *n, struct str what, struct str pointer)
{
    struct buf b;
    buf_init(&b, r->a, 300);
    for (size_t i = 0; i < VARIABLE_COUNT; i++)
        if (VARIABLES[i].meaning != MEANS_NODES)
            buf_printf(&b, "%s, ", VARIABLES[i].name);
    buf_cstr(&b, "secret");
    struct near near = near_to(what);
    for (size_t i = 0; i < VARIABLE_COUNT; i++)
        near_try(r, &near, str_of(VARIABLES[i].name));
    struct str list = buf_take(&b);
    struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "unknown_dynamic_data", pointer, n,
                                      "there is no dynamicData named \"%.*s\"", STR_ARG(what));
    problem_hint(r->ps, p, "there is: %.*s", STR_ARG(list));
    fix_dynamic(r, s, t, p, n, pointer, near_best(&near));
    return unknown_value(n);
}

static bool has_one_node(struct reader *r, struct scope *s, const struct level_task *t, const struct node *n,
                         struct str pointer)
{
    struct str nodes = t ? node_text_of(node_get(t->node, "annotations"), NODES) : STR_NONE;
    if (nodes.n == 0 || str_is(nodes, "1"))
        return true;
    scope_problem(r, s, SEVERITY_ERROR, "unsupported_multi_node", pointer, n,
                  "%.*s asks for %.*s nodes, but a task runs on one", STR_ARG(t->path), STR_ARG(nodes));
    return false;
}

static struct graph_value read_variable(struct reader *r, struct scope *s, const struct level_task *t,
                                        const struct node *n, const struct variable *known, struct str pointer)
{
    struct graph_value v = {.source = SOURCE_TEXT, .at = n, .type = known->type ? str_of(known->type) : STR_NONE};
    switch (known->meaning) {
    case MEANS_VARIABLE:
        v.source = SOURCE_RUN;
        v.variable = known->variable;
        break;
    case MEANS_PIPELINE:
        v.text = r->out->component.name;
        break;
    case MEANS_TASK:
        if (t) {
            v.text = t->path;
            break;
        }
        scope_problem(r, s, SEVERITY_ERROR, "dynamic_data_place", pointer, n,
                      "an output of the pipeline belongs to no task whose name it could be");
        return unknown_value(n);
    case MEANS_NODES:
        if (!has_one_node(r, s, t, n, pointer))
            return unknown_value(n);
        v.text = str_of(known->text);
        break;
    }
    return v;
}

struct graph_value dynamic_read(struct reader *r, struct scope *s, const struct level_task *t, const struct node *n,
                                struct str pointer)
{
    const struct node *data = node_get(n, "dynamicData"), *with = NULL;
    struct str what = node_text(data);
    if (node_is_map(data) && data->count == 1) {
        what = data->pairs[0].key;
        with = data->pairs[0].value;
    } else if (!node_is_scalar(data) || node_is_null(data)) {
        struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "argument_shape", pointer, n,
                                          "dynamicData is a map with one entry, not %s", node_kind_name(data));
        problem_hint(r->ps, p, "{dynamicData: {secret: {name: my-secret}}} or {dynamicData: {%s: {}}}",
                     VARIABLES[0].name);
        return unknown_value(n);
    }
    if (str_is(what, "secret"))
        return read_secret(r, s, n, with, pointer);
    for (size_t i = 0; i < VARIABLE_COUNT; i++)
        if (str_is(what, VARIABLES[i].name) && (node_is_null(with) || (node_is_map(with) && with->count == 0)))
            return read_variable(r, s, t, n, &VARIABLES[i], pointer);
    return unknown_variable(r, s, t, n, what, pointer);
}

bool dynamic_is_text(struct reader *r, const struct scope *s, const struct graph_value *v, struct str pointer,
                     const char *where)
{
    if (v->source == SOURCE_SECRET) {
        struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "secret_exposed", pointer, v->at,
                                          "a secret cannot be used in %s: it would be seen in the run", where);
        problem_hint(r->ps, p, "give it to an input of a task by itself");
        return false;
    }
    if (v->source == SOURCE_RUN && v->variable == VARIABLE_RETRY_COUNT) {
        struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "dynamic_data_place", pointer, v->at,
                                          "the retry count cannot be used in %s: only a task itself knows it", where);
        problem_hint(r->ps, p, "give it to an input of the task by itself");
        return false;
    }
    return true;
}
