/* What people set on a task beside its arguments: executionOptions and the annotations component-hub.dev/… */
#include "base/clock.h"
#include "catalog/check.h"
#include "pipeline-creator/graph/read.h"

#define PREFIX      "component-hub.dev/"
#define MAX_RETRIES 1000

static struct str annotation_pointer(struct reader *r, const struct level_task *t, struct str key)
{
    return pointer_key(r->a, pointer_key(r->a, t->pointer, STR("annotations")), key);
}

struct str settings_pointer(struct reader *r, const struct level_task *t, const char *key, const struct node **place)
{
    struct str full = str_cat(r->a, STR(PREFIX), str_of(key));
    *place = node_get_str(node_get(t->node, "annotations"), full);
    return annotation_pointer(r, t, full);
}

/* The annotation and its own node (for its place), or NULL. */
static const struct node *setting(struct reader *r, const struct level_task *t, const char *key,
                                  const struct node **place, struct str *pointer)
{
    const struct node *annotations = node_get(t->node, "annotations");
    const struct node *value = annotation_value(r->a, annotations, key);
    if (!value)
        return NULL;
    *pointer = settings_pointer(r, t, key, place);
    return value;
}

static void check_annotations(struct reader *r, const struct scope *s, const struct level_task *t)
{
    static const char *const known[] = {"timeout",  "on-error",   "depends-on", "exit-handler", "passing", "iterate",
                                        "template", "kubernetes", "rbac",       "tekton",       "elyra",   NULL};
    const struct node *annotations = node_get(t->node, "annotations");
    for (size_t i = 0; i < node_count(annotations); i++) {
        const struct pair *pair = node_is_map(annotations) ? &annotations->pairs[i] : NULL;
        if (!pair || !str_starts(pair->key, PREFIX))
            continue;
        struct str key = str_from(pair->key, sizeof PREFIX - 1);
        struct node at = {.line = pair->key_line, .column = pair->key_column};
        bool found = false;
        for (size_t k = 0; known[k]; k++)
            found = found || str_is(key, known[k]);
        if (found)
            continue;
        struct problem *p =
            scope_problem(r, s, SEVERITY_WARNING, "unknown_annotation", annotation_pointer(r, t, pair->key), &at,
                          "%.*s is none of the hub's annotations and has no effect", STR_ARG(pair->key));
        const char *near = check_suggestion(key, known);
        if (!near)
            continue;
        problem_hint(r->ps, p, "did you mean " PREFIX "%s?", near);
        struct str meant = str_cat(r->a, STR(PREFIX), str_of(near));
        if (!node_get_str(annotations, meant))
            fix_rename(r, s, p, pointer_key(r->a, t->pointer, STR("annotations")), pair->key, meant, pair->value);
    }
}

static void read_retries(struct reader *r, const struct scope *s, const struct level_task *t, struct graph_task *out)
{
    const struct node *n = node_path(t->node, "executionOptions", "retryStrategy", "maxRetries", NULL);
    out->retries = s->retries;
    if (node_is_null(n))
        return;
    int64_t retries = 0;
    bool number = node_int(n, &retries);
    if (number && retries >= 0 && retries <= MAX_RETRIES) {
        out->retries = (uint64_t)retries;
        return;
    }
    struct str pointer = pointer_key(r->a, t->pointer, STR("executionOptions"));
    struct problem *p =
        scope_problem(r, s, SEVERITY_ERROR, "invalid_retries", pointer, n,
                      "maxRetries of %.*s must be a number from 0 to %d", STR_ARG(t->path), MAX_RETRIES);
    pointer = pointer_key(r->a, pointer_key(r->a, pointer, STR("retryStrategy")), STR("maxRetries"));
    if (number && retries < 0)
        fix_replace(r, s, p, pointer, node_int_new(r->a, 0));
    else if (number && !s->on_error_continue && !settings_on_error(r, t))
        fix_replace(r, s, p, pointer, node_int_new(r->a, MAX_RETRIES));
}

static void check_execution(struct reader *r, const struct scope *s, const struct level_task *t)
{
    static const char *const known[] = {"retryStrategy", "cachingStrategy", NULL};
    const struct node *n = node_get(t->node, "executionOptions");
    struct str pointer = pointer_key(r->a, t->pointer, STR("executionOptions"));
    if (node_is_null(n))
        return;
    if (!node_is_map(n)) {
        scope_problem(r, s, SEVERITY_ERROR, "wrong_type", pointer, n, "executionOptions must be a map, not a %s",
                      node_kind_name(n));
        return;
    }
    if (!s->foreign)
        check_known(r->ps, n, pointer, known);
    /* Never taking a stored result is right under any bound of staleness; "P0D" even asks for it. */
    struct str stale = node_text(node_path(n, "cachingStrategy", "maxCacheStaleness", NULL));
    if (stale.n == 0 || str_is(stale, "P0D"))
        return;
    struct problem *p =
        scope_problem(r, s, SEVERITY_WARNING, "unsupported_caching", pointer, node_get(n, "cachingStrategy"),
                      "results are not cached yet: %.*s will always run", STR_ARG(t->path));
    pointer = pointer_key(r->a, pointer_key(r->a, pointer, STR("cachingStrategy")), STR("maxCacheStaleness"));
    fix_replace_text(r, s, p, pointer, STR("P0D")); /* which asks for that */
}

bool settings_exit_handler(struct reader *r, const struct level_task *t)
{
    return node_bool(annotation_value(r->a, node_get(t->node, "annotations"), "exit-handler"), false);
}

bool settings_on_error(struct reader *r, const struct level_task *t)
{
    return annotation_value(r->a, node_get(t->node, "annotations"), "on-error") != NULL;
}

static void read_exit_handler(struct reader *r, const struct scope *s, const struct level_task *t,
                              struct graph_task *out)
{
    const struct node *place = NULL;
    struct str pointer = STR_NONE;
    const struct node *n = setting(r, t, "exit-handler", &place, &pointer);
    if (!n)
        return;
    struct str text = node_text(n);
    if (!str_is(text, "true") && !str_is(text, "false"))
        scope_problem(r, s, SEVERITY_ERROR, "invalid_exit_handler", pointer, place,
                      "exit-handler must be true or false");
    if (!str_is(text, "true"))
        return;
    out->exit_handler = true;
    if (s->parent)
        scope_problem(r, s, SEVERITY_ERROR, "exit_handler_nested", pointer, place,
                      "%.*s: an exit handler stands at the top of the pipeline, not inside a nested one",
                      STR_ARG(t->path));
    if (t->inner)
        scope_problem(r, s, SEVERITY_ERROR, "exit_handler_pipeline", pointer, place,
                      "%.*s: an exit handler is a single component, not a pipeline", STR_ARG(t->path));
    const struct node *after = settings_depends_on(r, s, t, false);
    if (node_count(after) > 0) {
        struct problem *p = scope_problem(
            r, s, SEVERITY_ERROR, "exit_handler_order", pointer, place,
            "%.*s is an exit handler: it runs after all other tasks and cannot have depends-on", STR_ARG(t->path));
        fix_remove(r, s, p, settings_pointer(r, t, "depends-on", &place));
    }
}

static void read_timeout(struct reader *r, const struct scope *s, const struct level_task *t, struct graph_task *out)
{
    const struct node *place = NULL;
    struct str pointer = STR_NONE;
    const struct node *n = setting(r, t, "timeout", &place, &pointer);
    int64_t us = 0;
    if (!n)
        return;
    if (duration_parse(node_text(n), &us) && us >= 0) {
        out->timeout = node_text(n);
        return;
    }
    struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "invalid_timeout", pointer, place,
                                      "the time-out of %.*s is not a duration", STR_ARG(t->path));
    problem_hint(r->ps, p, "write it as 90s, 15m or 1h30m");
    struct str seconds = str_cat(r->a, str_trim(node_text(n)), STR("s"));
    if (duration_parse(seconds, &us) && us >= 0) /* a number without a unit */
        fix_replace_text(r, s, p, pointer, seconds);
}

static void read_on_error(struct reader *r, const struct scope *s, const struct level_task *t, struct graph_task *out)
{
    const struct node *place = NULL;
    struct str pointer = STR_NONE;
    const struct node *n = setting(r, t, "on-error", &place, &pointer);
    out->on_error_continue = s->on_error_continue;
    if (!n)
        return;
    if (!str_is(node_text(n), "continue")) {
        struct problem *p =
            scope_problem(r, s, SEVERITY_ERROR, "invalid_on_error", pointer, place, "on-error can only be `continue`");
        if (str_eq_nocase(str_trim(node_text(n)), STR("continue")) && out->retries == 0)
            fix_replace_text(r, s, p, pointer, STR("continue"));
        else if (str_is(node_text(n), "stopAndFail")) /* Tekton's word for what happens without it */
            fix_remove(r, s, p, pointer);
        return;
    }
    out->on_error_continue = true;
}

/* Told where one of the two stands, not once more for each task that inherits both. */
static void check_on_error(struct reader *r, const struct scope *s, const struct level_task *t,
                           const struct graph_task *set)
{
    const struct node *place = NULL;
    struct str pointer = t->pointer;
    bool inherited = s->retries == set->retries && s->on_error_continue && s->retries > 0;
    if (set->retries == 0 || !set->on_error_continue || inherited)
        return;
    if (!setting(r, t, "on-error", &place, &pointer))
        place = &t->key;
    struct problem *p =
        scope_problem(r, s, SEVERITY_ERROR, "on_error_with_retries", pointer, place,
                      "%.*s: Tekton does not take on-error: continue together with retries", STR_ARG(t->path));
    if (place != &t->key && !s->on_error_continue)
        fix_remove(r, s, p, pointer);
    if (s->retries > 0 || s->on_error_continue)
        problem_hint(r->ps, p, "one of them is set on the pipeline it is part of; maxRetries: 0 here means none");
}

static void unknown_passing(struct reader *r, const struct scope *s, const struct level_task *t,
                            const struct node *passing, const struct pair *pair, const struct node *place,
                            struct str pointer)
{
    const struct interface *i = &t->ref.component->interface;
    struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "unknown_output", pointer, place,
                                      "%.*s has no output named \"%.*s\"", STR_ARG(t->path), STR_ARG(pair->key));
    struct str near = near_port(r, i->outputs, i->output_count, pair->key);
    argument_hint_ports(r, p, i->outputs, i->output_count, pair->key);
    if (near.n && !node_get_str(passing, near))
        fix_rename(r, s, p, pointer, pair->key, near, pair->value);
    else
        fix_remove(r, s, p, pointer_key(r->a, pointer, pair->key));
}

static void invalid_passing(struct reader *r, const struct scope *s, const struct pair *pair, const struct node *place,
                            struct str pointer)
{
    static const char *const ways[] = {"value", "file", NULL};
    struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "invalid_passing", pointer, place,
                                      "passing of %.*s must be value or file", STR_ARG(pair->key));
    const char *near = check_suggestion(node_text(pair->value), ways);
    if (near)
        fix_replace_text(r, s, p, pointer_key(r->a, pointer, pair->key), str_of(near));
}

static void read_passing(struct reader *r, const struct scope *s, const struct level_task *t, struct graph_task *out)
{
    const struct node *place = NULL;
    struct str pointer = STR_NONE;
    const struct node *n = setting(r, t, "passing", &place, &pointer);
    if (!n)
        return;
    if (!node_is_map(n)) {
        scope_problem(r, s, SEVERITY_ERROR, "invalid_passing", pointer, place,
                      "passing is a map from outputs to value or file");
        return;
    }
    for (size_t i = 0; i < n->count; i++) {
        const struct pair *pair = &n->pairs[i];
        if (!interface_output(&t->ref.component->interface, pair->key))
            unknown_passing(r, s, t, n, pair, place, pointer);
        else if (!str_is(node_text(pair->value), "value") && !str_is(node_text(pair->value), "file"))
            invalid_passing(r, s, pair, place, pointer);
    }
    out->passing = n;
    out->passing_pointer = s->foreign ? STR_NONE : pointer;
}

/* Retries and on-error go to each task inside; these cannot. */
static void refuse_for_pipeline(struct reader *r, const struct scope *s, const struct level_task *t,
                                const struct graph_task *set)
{
    if (set->timeout.n) {
        struct problem *p =
            scope_problem(r, s, SEVERITY_ERROR, "unsupported_on_pipeline", t->pointer, &t->key,
                          "%.*s is a pipeline: Tekton has no time-out for a group of tasks", STR_ARG(t->path));
        problem_hint(r->ps, p, "set it on the tasks inside, or for the whole run in options.timeouts");
    }
    if (set->passing) {
        struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "unsupported_on_pipeline", t->pointer, &t->key,
                                          "%.*s is a pipeline: it makes none of its outputs itself", STR_ARG(t->path));
        problem_hint(r->ps, p, "set passing on the tasks inside that make them");
    }
    if (node_get_str(node_get(t->node, "annotations"), STR(PREFIX "kubernetes"))) {
        struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "unsupported_on_pipeline", t->pointer, &t->key,
                                          "%.*s is a pipeline: it has no pod of its own", STR_ARG(t->path));
        problem_hint(r->ps, p, "set kubernetes on the tasks inside, or podTemplate in the options for all pods");
    }
}

void settings_read(struct reader *r, struct scope *s, const struct level_task *t, struct graph_task *out)
{
    check_annotations(r, s, t);
    check_execution(r, s, t);
    read_retries(r, s, t, out);
    read_timeout(r, s, t, out);
    read_on_error(r, s, t, out);
    check_on_error(r, s, t, out);
    read_exit_handler(r, s, t, out);
    read_passing(r, s, t, out);
    if (t->inner)
        refuse_for_pipeline(r, s, t, out);
}

const struct node *settings_depends_on(struct reader *r, const struct scope *s, const struct level_task *t, bool report)
{
    const struct node *place = NULL;
    struct str pointer = STR_NONE;
    const struct node *n = setting(r, t, "depends-on", &place, &pointer);
    if (!n || node_is_seq(n))
        return n;
    if (report) {
        struct problem *p = scope_problem(r, s, SEVERITY_ERROR, "invalid_depends_on", pointer, place,
                                          "depends-on of %.*s must be a list of tasks", STR_ARG(t->path));
        problem_hint(r->ps, p, "write it as [first, second]");
        const size_t *only = map_find(&s->ids, node_text(n));
        const struct level_task *other = only ? &s->tasks[*only] : NULL;
        if (other && !t->exit_handler && !other->exit_handler && fix_wanted(r, s) && !fix_waits_for(r, s, other, t)) {
            struct node *list = node_seq(r->a);
            node_push(r->a, list, node_str(r->a, node_text(n)));
            fix_replace(r, s, p, pointer, list);
        }
    }
    return NULL;
}

void settings_pipeline(struct reader *r, const struct scope *s)
{
    static const char *const known[] = {"timeouts",   "artifacts",   "serviceAccountName", "podTemplate", "podMetadata",
                                        "restricted", "helperImage", "workspaces",         NULL};
    const struct node *annotations = s->component->annotations;
    const struct node *n = annotation_value(r->a, annotations, "options");
    if (!n)
        return;
    struct str pointer =
        pointer_key(r->a, pointer_key(r->a, pointer_key(r->a, STR(""), STR("metadata")), STR("annotations")),
                    STR(PREFIX "options"));
    if (!node_is_map(n)) {
        problem_add(r->ps, SEVERITY_ERROR, "invalid_options", pointer, node_get(annotations, PREFIX "options"),
                    "options must be a map, not a %s", node_kind_name(n));
        return;
    }
    check_known(r->ps, n, pointer, known);
    r->out->options = n;
}
