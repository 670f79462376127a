/* What a task left in /tekton/results, byte for byte, within the limits that Tekton's termination message has. */
#include "base/json.h"
#include "pipeline-creator/launch/local.h"

struct reading {
    struct child *c;
    struct err *e;
    struct buf message; /* what Tekton would write: [{"key","value","type"}, …] */
    struct json json;
    struct str largest;
    size_t largest_n;
    struct str folder;
};

/* A part of the message that is there in any case: {"key":"StartedAt","value":"…","type":3}. */
#define STARTED_AT_SIZE ((size_t)68)

static size_t limit_of(const struct child *c)
{
    size_t share = POD_RESULT_MAX / (c->step_count ? c->step_count : 1);
    return share < RESULT_MAX ? share : RESULT_MAX;
}

static enum status too_large(struct reading *r, struct str name)
{
    enum status s = err_set(r->e, ERR_LIMIT, "result_too_large",
                            "the results of task %.*s are too large: %.*s alone makes the message longer than the %zu "
                            "bytes that Tekton takes from a container",
                            STR_ARG(r->c->task->spec->name), STR_ARG(name), limit_of(r->c));
    return s ? err_hint(r->e, "Write large data to a workspace and pass it as a file.") : OK;
}

static void count(struct reading *r, struct str key, struct str value, int type)
{
    json_object(&r->json);
    json_put_str(&r->json, "key", key);
    json_put_str(&r->json, "value", value);
    json_put_int(&r->json, "type", type);
    json_object_end(&r->json);
    if (value.n >= r->largest_n) {
        r->largest = key;
        r->largest_n = value.n;
    }
}

static enum status read_one(struct reading *r, const char *dir, struct str name, int type, struct str *out, bool *there)
{
    struct err ignored = {0};
    enum status s = folder_read(r->c->task->run->a, dir, name, limit_of(r->c), out, &ignored);
    *there = !s;
    if (s == ERR_LIMIT)
        return too_large(r, name);
    if (!s)
        count(r, name, *out, type);
    return OK;
}

/* Array and object results are JSON text. */
static enum status typed(struct reading *r, const struct node *spec, struct str text, struct node **out)
{
    struct arena *a = r->c->task->run->a;
    struct str type = node_text_of(spec, "type"), name = node_text_of(spec, "name");
    bool object = str_is(type, "object") || (!type.n && node_get(spec, "properties"));
    if (!object && !str_is(type, "array")) {
        *out = node_str(a, text);
        return OK;
    }
    struct err parse = {0};
    struct node *n = NULL;
    if (node_parse_json(a, text, &n, &parse) || (object ? !node_is_map(n) : !node_is_seq(n)))
        return err_set(r->e, ERR_INVALID, "bad_result", "result %.*s of task %.*s is not a JSON %s", STR_ARG(name),
                       STR_ARG(r->c->task->spec->name), object ? "object" : "array");
    struct node *made = object ? node_map(a) : node_seq(a);
    for (size_t i = 0; i < n->count; i++) {
        const struct node *item = object ? n->pairs[i].value : n->items[i];
        struct node *value = node_str(a, node_is_scalar(item) ? node_text(item) : node_to_json(a, item));
        if (object)
            node_set(a, made, n->pairs[i].key, value);
        else
            node_push(a, made, value);
    }
    *out = made;
    return OK;
}

static enum status read_step_results(struct reading *r, struct step *step, const struct node *specs)
{
    struct arena *a = r->c->task->run->a;
    struct str dir = str_printf(a, "%.*s/tekton/steps/step-%.*s/results", STR_ARG(r->folder), STR_ARG(step->name));
    step->results = node_map(a);
    for (size_t i = 0; i < node_count(specs); i++) {
        struct str text, name = node_text_of(node_at(specs, i), "name");
        bool there;
        struct node *value;
        enum status s = read_one(r, dir.p, name, 4, &text, &there);
        s = s || !there ? s : typed(r, node_at(specs, i), text, &value);
        if (s)
            return s;
        if (there)
            node_set(a, step->results, name, value);
    }
    return OK;
}

/* A task result with `value` takes a step's. */
static const struct node *from_step(struct child *c, struct str value)
{
    struct scope scope = {
        .a = c->task->run->a, .run = c->task->run, .task = c->task->spec, .child = c, .step = c->step};
    struct subst s = scope_subst(&scope, NULL);
    struct subst_ref ref;
    if (!str_starts(value, "$(") || !str_ends(value, ")") || !subst_parse(str_sub(value, 2, value.n - 3), &ref))
        return NULL;
    return subst_value(&s, &ref);
}

static enum status read_task_result(struct reading *r, const struct node *spec, bool last)
{
    struct child *c = r->c;
    struct arena *a = c->task->run->a;
    struct str name = node_text_of(spec, "name"), text;
    const struct node *value = NULL;
    struct node *made = NULL;
    if (node_get(spec, "value")) {
        value = last ? from_step(c, node_text_of(spec, "value")) : NULL;
    } else {
        bool there;
        enum status s = read_one(r, str_printf(a, "%.*s/tekton/results", STR_ARG(r->folder)).p, name, 1, &text, &there);
        s = s || !there || !last ? s : typed(r, spec, text, &made);
        if (s)
            return s;
        value = made;
    }
    if (value)
        node_set(a, c->results, name, node_copy(a, value));
    return OK;
}

enum status results_read(struct child *c, bool last, struct err *e)
{
    struct run *run = c->task->run;
    struct reading r = {.c = c, .e = e};
    r.folder = str_printf(run->a, "%s/%s", run->dir, c->dir);
    buf_init(&r.message, run->a, (size_t)1 << 20);
    r.json = json_to(&r.message);
    json_array(&r.json);
    c->results = node_map(run->a);
    for (size_t i = 0; i <= c->step && i < c->step_count; i++) {
        const struct node *step = prun_step(run->a, c->task->spec, i);
        enum status s = read_step_results(&r, &c->steps[i], node_get(step, "results"));
        if (s)
            return s;
    }
    const struct node *specs = node_get(c->task->spec->spec, "results");
    for (size_t i = 0; i < node_count(specs); i++) {
        enum status s = read_task_result(&r, node_at(specs, i), last);
        if (s)
            return s;
    }
    json_array_end(&r.json);
    if (r.largest_n && r.message.n + STARTED_AT_SIZE > limit_of(c))
        return too_large(&r, r.largest);
    return OK;
}
