/* Options of a pipeline: `component-hub.dev/options`, overlaid key by key with those of the call. */
#include "base/clock.h"
#include "catalog/check.h"
#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/tekton/decode.h"

#define POINTER "/metadata/annotations/component-hub.dev~1options"

struct reading {
    struct plan *p;
    const struct node *document, *given;
};

static void invalid(struct plan *p, const struct node *at, const char *what, const char *hint)
{
    struct problem *problem =
        problem_add(p->ps, SEVERITY_ERROR, "invalid_options", STR(POINTER), at, "options: %s", what);
    problem_hint(p->ps, problem, "%s", hint);
}

static const struct node *option(const struct reading *r, const char *key)
{
    const struct node *n = node_get(r->given, key);
    return node_is_null(n) ? node_get(r->document, key) : n;
}

static struct str text_option(struct plan *p, const struct node *n, const char *what)
{
    if (node_is_null(n))
        return STR_NONE;
    if (!node_is_scalar(n) || str_find_char(node_text(n), '$') >= 0)
        invalid(p, n, what, "a text without dollars is wanted");
    return node_text(n);
}

static struct str duration_option(struct plan *p, const struct node *map, const char *key)
{
    const struct node *n = node_get(map, key);
    int64_t us = 0;
    if (node_is_null(n))
        return STR_NONE;
    if (!duration_parse(node_text(n), &us) || us < 0)
        invalid(p, n, "a time-out is not a duration", "write it as 90s, 15m, 1h30m, or 0 for none");
    return node_text(n);
}

static void read_timeouts(struct plan *p, const struct node *n)
{
    static const char *const known[] = {"pipeline", "tasks", "finally", NULL};
    if (node_is_null(n))
        return;
    if (!node_is_map(n)) {
        invalid(p, n, "timeouts must be a map", "for example {pipeline: 2h}");
        return;
    }
    check_known(p->ps, n, STR(POINTER "/timeouts"), known);
    p->options.timeout = duration_option(p, n, "pipeline");
    p->options.tasks_timeout = duration_option(p, n, "tasks");
    p->options.finally_timeout = duration_option(p, n, "finally");
}

/* A Kubernetes quantity, as far as its shape goes: digits with an optional fraction, and a suffix. */
static bool is_quantity(struct str s)
{
    static const char *const suffixes[] = {"", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi"};
    size_t digits = 0;
    while (digits < s.n && ((s.p[digits] >= '0' && s.p[digits] <= '9') || (digits > 0 && s.p[digits] == '.')))
        digits++;
    for (size_t i = 0; digits > 0 && i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (str_is(str_from(s, digits), suffixes[i]))
            return true;
    return false;
}

static void read_artifacts(struct plan *p, const struct node *n)
{
    static const char *const known[] = {"size", "class", "accessMode", "claim", "template", NULL};
    static const char *const modes[] = {"ReadWriteOnce", "ReadWriteMany", "ReadWriteOncePod", NULL};
    struct options *o = &p->options;
    if (node_is_null(n))
        return;
    if (!node_is_map(n)) {
        invalid(p, n, "artifacts must be a map", "for example {size: 10Gi, accessMode: ReadWriteMany}");
        return;
    }
    check_known(p->ps, n, STR(POINTER "/artifacts"), known);
    o->claim = text_option(p, node_get(n, "claim"), "artifacts.claim is not a name");
    o->storage_class = text_option(p, node_get(n, "class"), "artifacts.class is not a name");
    if (!node_is_null(node_get(n, "size")))
        o->size = text_option(p, node_get(n, "size"), "artifacts.size is not a size");
    if (!is_quantity(o->size))
        invalid(p, node_get(n, "size"), "artifacts.size is not a size", "for example 500Mi or 10Gi");
    if (!node_is_null(node_get(n, "accessMode")))
        o->access_mode = text_option(p, node_get(n, "accessMode"), "artifacts.accessMode is not a text");
    bool found = false;
    for (size_t i = 0; modes[i]; i++)
        found = found || str_is(o->access_mode, modes[i]);
    if (!found)
        invalid(p, node_get(n, "accessMode"), "artifacts.accessMode is not known",
                "ReadWriteOnce, ReadWriteMany or ReadWriteOncePod");
    o->claim_template = node_get(n, "template");
    if (o->claim_template && !node_is_map(node_get(o->claim_template, "spec")))
        invalid(p, o->claim_template, "artifacts.template has no spec", "give the spec of a PersistentVolumeClaim");
}

/* Tekton's own types say what these may hold. */
static const struct node *typed_option(struct plan *p, const struct node *n, const char *key, const char *type)
{
    if (node_is_null(n))
        return NULL;
    struct faults *f = faults_new(p->a);
    const struct node *out = tekton_decode(p->a, type, n, false, f);
    for (size_t i = 0; i < f->count; i++) {
        const struct fault *one = &f->list[i];
        struct node at = {.line = one->line ? one->line : n->line, .column = one->line ? one->column : n->column};
        struct str told = tekton_decode_told(p->a, one);
        struct problem *problem =
            problem_add(p->ps, SEVERITY_ERROR, "invalid_options", pointer_key(p->a, STR(POINTER), str_of(key)), &at,
                        "options: %s: %.*s", key, STR_ARG(utf8_cut(told, 300)));
        problem_hint(p->ps, problem, "its fields are those of %s",
                     str_is(str_of(type), "pod.Template") ? "Tekton's podTemplate" : "labels and annotations");
    }
    return f->count ? NULL : out;
}

static void read_pod(struct plan *p, const struct reading *r)
{
    struct options *o = &p->options;
    const struct node *restricted = option(r, "restricted");
    if (typed_option(p, option(r, "podTemplate"), "podTemplate", "pod.Template"))
        o->pod_template = option(r, "podTemplate");
    o->pod_metadata = typed_option(p, option(r, "podMetadata"), "podMetadata", "v1.PipelineTaskMetadata");
    o->restricted = node_bool(restricted, false);
    if (!node_is_null(restricted) && !str_is(node_text(restricted), "true") && !str_is(node_text(restricted), "false"))
        invalid(p, restricted, "restricted must be true or false",
                "true: containers run under the restricted standard");
}

void options_read(struct plan *p, const struct node *document, const struct node *given)
{
    struct reading r = {p, document, given};
    static const char *const known[] = {"timeouts",   "artifacts",   "serviceAccountName", "podTemplate", "podMetadata",
                                        "restricted", "helperImage", "workspaces",         NULL};
    p->options = (struct options){.helper_image = STR(HELPER_IMAGE),
                                  .timeout = STR("0"),
                                  .size = STR("1Gi"),
                                  .access_mode = STR("ReadWriteOnce")};
    if (node_is_map(given))
        check_known(p->ps, given, STR(""), known);
    read_timeouts(p, option(&r, "timeouts"));
    if (p->options.timeout.n == 0)
        p->options.timeout = STR("0"); /* Tekton's own default of an hour would end trainings */
    read_artifacts(p, option(&r, "artifacts"));
    p->options.service_account = text_option(p, option(&r, "serviceAccountName"), "serviceAccountName is not a name");
    read_pod(p, &r);
    p->options.workspaces = option(&r, "workspaces");
    if (!node_is_null(p->options.workspaces) && !node_is_map(p->options.workspaces))
        invalid(p, p->options.workspaces, "workspaces must be a map from inputs to bindings",
                "for example {source: {persistentVolumeClaim: {claimName: data}}}");
    struct str image = text_option(p, option(&r, "helperImage"), "helperImage is not an image");
    if (image.n)
        p->options.helper_image = image;
}
