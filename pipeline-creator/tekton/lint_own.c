/* Checks beyond Tekton's: what it accepts and people regret. */
#include "pipeline-creator/tekton/convert.h"
#include "pipeline-creator/tekton/lint.h"
#include "pipeline-creator/tekton/schema.h"
#include "pipeline-creator/tekton/substitute.h"

struct own {
    struct problems *ps;
    struct arena *a;
};

/* ---- one struct */

static void param_value(const struct own *o, const struct node *n, struct str path)
{
    struct str name = node_text_of(n, "name");
    if (!node_pair(n, "value"))
        problem_add(o->ps, SEVERITY_ERROR, "missing_value", path, n,
                    "parameter %.*s has no value: Tekton cannot store it", STR_ARG(name));
}

static void image(const struct own *o, const struct node *n, struct str path)
{
    const struct node *at = node_get(n, "image");
    struct str text = node_text(at), tag = str_from(text, (size_t)(str_rfind_char(text, '/') + 1));
    if (text.n == 0 || str_find(text, STR("$(")) >= 0 || str_find(text, STR("@sha256:")) >= 0)
        return;
    ptrdiff_t colon = str_find_char(tag, ':');
    path = str_cat(o->a, path, STR(".image"));
    if (colon < 0 || str_is(str_from(tag, (size_t)colon + 1), "latest"))
        problem_add(o->ps, SEVERITY_INFO, "image_latest", path, at,
                    "image %.*s is whatever is latest when it runs: name a version, better a digest", STR_ARG(text));
    else
        problem_add(o->ps, SEVERITY_INFO, "image_without_digest", path, at,
                    "image %.*s can change without notice: name it by digest", STR_ARG(text));
}

struct used {
    struct str name;
    bool found;
};

static void see_reference(void *context, const struct subst_ref *ref)
{
    struct used *u = context;
    if (ref->parts > 1 && str_is(ref->part[0], "params") && str_eq(ref->part[1], u->name))
        u->found = true;
}

/* Dotted names without brackets: $(params.a.b) may mean a.b. */
static bool text_names(const struct node *n, struct str what)
{
    if (node_is_scalar(n))
        return str_find(n->text, what) >= 0;
    for (size_t i = 0; i < node_count(n); i++)
        if (text_names(node_is_seq(n) ? n->items[i] : n->pairs[i].value, what))
            return true;
    return false;
}

#define LINT_MAX_PARAMS 200 /* beyond, nobody is told of unused ones: each costs a walk */

static void unused_params(const struct own *o, const struct node *n, struct str path)
{
    const struct node *params = node_get(n, "params");
    for (size_t i = 0; node_is_seq(params) && i < params->count && params->count <= LINT_MAX_PARAMS; i++) {
        struct used u = {.name = node_text_of(params->items[i], "name")};
        subst_each(n, see_reference, &u);
        bool dotted = str_find_char(u.name, '.') >= 0;
        if (u.found || u.name.n == 0 || (dotted && text_names(n, str_cat(o->a, STR("$(params."), u.name))))
            continue;
        problem_add(o->ps, SEVERITY_WARNING, "unused_param", str_printf(o->a, "%.*s.params[%zu]", STR_ARG(path), i),
                    params->items[i], "parameter %.*s is declared and not used", STR_ARG(u.name));
    }
}

static const struct {
    const char *type; /* without its package */
    void (*check)(const struct own *o, const struct node *n, struct str path);
} CHECKS[] = {
    {"Param", param_value},
    {"Step", image},
    {"Sidecar", image},
    {"StepTemplate", image},
    {"StepActionSpec", image},
    {"TaskSpec", unused_params},
    {"EmbeddedTask", unused_params},
    {"PipelineSpec", unused_params},
    {"StepActionSpec", unused_params},
};

static const char RESOURCES[] = "PipelineResources are gone: use parameters, results and workspaces";

static const struct {
    const char *type, *field, *code, *hint;
} FIELDS[] = {
    {"v1beta1.TaskSpec", "resources", "pipeline_resources", RESOURCES},
    {"v1beta1.EmbeddedTask", "resources", "pipeline_resources", RESOURCES},
    {"v1beta1.PipelineSpec", "resources", "pipeline_resources", RESOURCES},
    {"v1beta1.PipelineTask", "resources", "pipeline_resources", RESOURCES},
    {"v1beta1.TaskRunSpec", "resources", "pipeline_resources", RESOURCES},
    {"v1beta1.PipelineRunSpec", "resources", "pipeline_resources", RESOURCES},
    {"v1beta1.PipelineRunSpec", "timeout", "deprecated_field", "timeouts.pipeline says the same"},
    {"v1beta1.TaskRef", "bundle", "deprecated_field", "use the resolver named bundles"},
    {"v1beta1.PipelineRef", "bundle", "deprecated_field", "use the resolver named bundles"},
    {"v1beta1.Step", "ports", "deprecated_field", "a step has no ports"},
    {"v1beta1.Step", "livenessProbe", "deprecated_field", "a step has no probes"},
    {"v1beta1.Step", "readinessProbe", "deprecated_field", "a step has no probes"},
    {"v1beta1.Step", "startupProbe", "deprecated_field", "a step has no probes"},
    {"v1beta1.Step", "lifecycle", "deprecated_field", "a step has no lifecycle hooks"},
    {"v1beta1.Step", "terminationMessagePath", "deprecated_field", "Tekton sets it"},
    {"v1beta1.Step", "terminationMessagePolicy", "deprecated_field", "Tekton sets it"},
    {"v1beta1.Step", "stdin", "deprecated_field", "a step has no standard input"},
    {"v1beta1.Step", "stdinOnce", "deprecated_field", "a step has no standard input"},
    {"v1beta1.Step", "tty", "deprecated_field", "a step has no terminal"},
};

static void check_field(const struct own *o, const struct schema *s, const struct pair *pair, struct str path)
{
    for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++) {
        if (strcmp(FIELDS[i].type, s->name) != 0 || !str_is(pair->key, FIELDS[i].field))
            continue;
        bool error = strcmp(FIELDS[i].code, "pipeline_resources") == 0;
        struct problem *p = problem_add(o->ps, error ? SEVERITY_ERROR : SEVERITY_WARNING, FIELDS[i].code, path, NULL,
                                        "%s is %s", FIELDS[i].field, error ? "not supported any more" : "deprecated");
        p->line = pair->key_line;
        p->column = pair->key_column;
        problem_hint(o->ps, p, "%s", FIELDS[i].hint);
    }
}

/* ---- all of them: down the document by its types */

static void walk(const struct own *o, struct str type, const struct node *n, struct str path)
{
    if (str_starts(type, "*"))
        type = str_from(type, 1);
    if (str_starts(type, "[]")) {
        for (size_t i = 0; node_is_seq(n) && i < n->count; i++)
            walk(o, str_from(type, 2), n->items[i], str_printf(o->a, "%.*s[%zu]", STR_ARG(path), i));
        return;
    }
    const struct schema *s = node_is_map(n) ? schema_find(type) : NULL;
    if (!s || str_starts(type, "core.") || str_starts(type, "meta."))
        return;
    struct str bare = str_from(type, (size_t)(str_find_char(type, '.') + 1));
    for (size_t i = 0; i < sizeof CHECKS / sizeof CHECKS[0]; i++)
        if (str_is(bare, CHECKS[i].type))
            CHECKS[i].check(o, n, path);
    for (size_t i = 0; i < n->count; i++) {
        struct schema_field field;
        if (!schema_field(s, n->pairs[i].key, &field))
            continue;
        struct str below = path.n ? STR_JOIN(o->a, path, STR("."), field.name) : field.name;
        check_field(o, s, &n->pairs[i], below);
        walk(o, field.type, n->pairs[i].value, below);
    }
}

/* The same object in v1 is the fix of one that is accepted and loses nothing by it. */
static void old_version(struct problems *ps, const struct node *document, bool accepted)
{
    bool lost = false;
    struct node *now = tekton_to_v1(ps->a, document, &lost);
    if (!now)
        return;
    struct problem *p = problem_add(
        ps, SEVERITY_WARNING, "deprecated_version", STR("apiVersion"), node_get(document, "apiVersion"),
        "tekton.dev/v1beta1 is deprecated for a %.*s: use tekton.dev/v1", STR_ARG(node_text_of(document, "kind")));
    if (accepted && !lost)
        problem_fix(ps, p, "replace", STR(""), now);
}

void lint_own(struct problems *ps, const struct node *document, bool accepted)
{
    struct own o = {.ps = ps, .a = ps->a};
    struct str version = node_text_of(document, "apiVersion"), kind = node_text_of(document, "kind");
    if (str_is(kind, "PipelineResource"))
        problem_add(ps, SEVERITY_ERROR, "pipeline_resources", STR_NONE, document, "%s", RESOURCES);
    old_version(ps, document, accepted);
    if (str_starts(version, "tekton.dev/"))
        walk(&o, STR_JOIN(o.a, str_from(version, 11), STR("."), kind), document, STR_NONE);
}
