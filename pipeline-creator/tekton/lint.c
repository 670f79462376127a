#include "pipeline-creator/tekton/lint_lookup.h"

#include <stdlib.h>

const char *tekton_verdict_name(enum tekton_verdict v)
{
    static const char *const names[] = {"accepted", "undecodable", "refused"};
    return names[v];
}

bool tekton_gate_named(struct str name, enum tekton_gate *out)
{
    static const char *const names[] = {"stable", "beta", "alpha"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_eq(name, str_of(names[i]))) {
            *out = (enum tekton_gate)i;
            return true;
        }
    }
    return false;
}

/* ---- places of faults */

static const struct node *item_named(const struct node *list, struct str name)
{
    for (size_t i = 0; node_is_seq(list) && i < list->count; i++)
        if (str_eq(node_text_of(list->items[i], "name"), name))
            return list->items[i];
    return NULL;
}

static const struct node *field_of(const struct node *map, struct str name)
{
    for (size_t i = 0; node_is_map(map) && i < map->count; i++)
        if (str_eq_nocase(map->pairs[i].key, name))
            return map->pairs[i].value;
    return NULL;
}

/* The field, where Tekton leaves out the spec around it as well. */
static const struct node *step_into(const struct node *n, struct str name)
{
    static const char *const around[] = {"taskSpec", "pipelineSpec"};
    const struct node *found = field_of(n, name);
    for (size_t i = 0; !found && i < 2; i++)
        found = field_of(node_get(n, around[i]), name);
    return found;
}

/* `[2]` or `[name]`; of a pipeline itself, a task. */
static const struct node *step_to_item(const struct node *n, struct str inside)
{
    uint64_t index;
    const struct node *list = node_is_map(n) ? step_into(n, STR("tasks")) : n, *named = item_named(list, inside);
    if (!named && node_is_map(n))
        named = field_of(n, inside);
    if (!named && str_u64(inside, &index) && index < node_count(list) && node_is_seq(list))
        named = list->items[index];
    return named;
}

const struct node *lint_place(const struct node *document, struct str path)
{
    const struct node *at = document, *known = document;
    for (size_t i = 0; i < path.n;) {
        size_t end = i + 1;
        const struct node *next;
        if (path.p[i] == '[') {
            while (end < path.n && path.p[end] != ']')
                end++;
            next = step_to_item(at, str_sub(path, i + 1, end - i - 1));
            end++;
        } else {
            i += path.p[i] == '.';
            for (end = i; end < path.n && path.p[end] != '.' && path.p[end] != '[';)
                end++;
            next = step_into(at, str_sub(path, i, end - i));
        }
        at = next ? next : at;
        known = at->line ? at : known;
        i = end;
    }
    return known;
}

/* ---- documents */

static void add_fault(struct problems *ps, const struct node *document, const struct fault *one, struct str path)
{
    const struct node *at = lint_place(document, path);
    struct problem *p = problem_add(ps, SEVERITY_ERROR, one->code, path, at, "%.*s", STR_ARG(one->message));
    if (one->line) {
        p->line = one->line;
        p->column = one->column;
    }
    if (one->details.n)
        problem_hint(ps, p, "%.*s", STR_ARG(one->details));
}

static bool told_before(const struct faults *f, size_t i, struct str path)
{
    for (size_t k = 0; k < i; k++)
        for (size_t m = 0; m < f->list[k].path_count; m++)
            if (str_eq(f->list[k].message, f->list[i].message) && str_eq(f->list[k].paths[m], path))
                return true;
    return false;
}

static void add_faults(struct problems *ps, const struct node *document, const struct faults *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct fault *one = &f->list[i];
        if (one->path_count == 0 && !told_before(f, i, STR_NONE))
            add_fault(ps, document, one, STR_NONE);
        for (size_t k = 0; k < one->path_count; k++)
            if (!told_before(f, i, one->paths[k]))
                add_fault(ps, document, one, one->paths[k]);
    }
    ps->dropped += f->dropped;
    ps->errors += f->dropped;
}

static int by_place(const void *x, const void *y)
{
    const struct problem *l = x, *r = y;
    if (l->line != r->line)
        return l->line < r->line ? -1 : 1;
    if (l->column != r->column)
        return l->column < r->column ? -1 : 1;
    int order = str_cmp(l->path, r->path);
    return order ? order : str_cmp(l->message, r->message);
}

struct str lint_pointer(struct arena *a, struct str path)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_char(&b, '/');
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] != ']')
            buf_char(&b, path.p[i] == '.' || path.p[i] == '[' ? '/' : path.p[i]);
    return buf_take(&b);
}

/* One document on its way: what Tekton has against it, and the object that it is to Tekton. */
struct judged {
    const struct node *document;
    struct faults *faults;
};

static void judge(struct arena *a, struct judged *one, bool json, enum tekton_gate gate, struct lint_document *d,
                  struct node **object)
{
    struct tekton_settings settings = tekton_settings_of(gate);
    const struct node *document = one->document;
    *d = (struct lint_document){.api_version = node_text_of(document, "apiVersion"),
                                .kind = node_text_of(document, "kind"),
                                .name = node_text(node_path(document, "metadata", "name", NULL)),
                                .line = document->line,
                                .verdict = TEKTON_ACCEPTED};
    d->checked = str_starts(d->api_version, "tekton.dev/") || d->api_version.n == 0;
    *object = NULL;
    if (!d->checked)
        return;
    one->faults = faults_new(a);
    d->verdict = tekton_admit(a, document, json, &settings, one->faults, object);
    if (d->verdict != TEKTON_ACCEPTED)
        *object = NULL;
}

static void report(const struct judged *one, const struct lint_stream *stream, const struct node *object,
                   struct lint_document *d, struct problems *ps, bool tekton_only)
{
    d->first_problem = ps->count;
    if (one->faults)
        add_faults(ps, one->document, one->faults);
    if (!tekton_only && d->checked)
        lint_own(ps, one->document, d->verdict == TEKTON_ACCEPTED);
    if (!tekton_only && object)
        lint_references(ps, stream, object);
    if (!tekton_only && !d->checked)
        problem_add(ps, SEVERITY_INFO, "other_kind", STR_NONE, one->document, "%.*s is not Tekton's: not checked",
                    STR_ARG(d->kind));
    d->problem_count = ps->count - d->first_problem;
    if (d->problem_count > 1)
        qsort(ps->list + d->first_problem, d->problem_count, sizeof ps->list[0], by_place);
}

/* JSON is read as YAML too, for its lines; where YAML does not take it (tabs, say), it has none. A number that is too
   large to be read does not make it YAML. */
static bool read_json(struct arena *a, struct str text, struct node ***documents, size_t *count)
{
    struct err e = {0}, ignored = {0};
    struct node **one = arena_new_of(a, struct node *);
    if (!str_starts(str_trim(text), "{"))
        return false;
    bool read = node_parse_json(a, text, one, &e) == OK;
    if (!read && strcmp(e.code, "json_number") != 0)
        return false;
    if (node_parse_yaml_stream(a, text, 1, documents, count, &ignored) == OK && *count == 1)
        return true;
    *documents = one;
    *count = read;
    return read;
}

enum status tekton_read(struct arena *a, struct str text, struct node ***documents, size_t *count, bool *json,
                        struct err *e)
{
    *documents = NULL;
    *count = 0;
    *json = read_json(a, text, documents, count);
    return *json ? OK : node_parse_yaml_stream(a, text, LINT_MAX_DOCUMENTS, documents, count, e);
}

void lint_text(struct arena *a, struct str text, const struct lint_options *options, struct lint_report *out)
{
    struct node **documents;
    size_t count;
    bool json;
    *out = (struct lint_report){0};
    problems_init(&out->problems, a);
    if (tekton_read(a, text, &documents, &count, &json, &out->unreadable) != OK) {
        problem_from_err(&out->problems, &out->unreadable);
        return;
    }
    struct judged *judged = arena_array_of(a, count, struct judged);
    struct lint_lookup *lookup = arena_new_of(a, struct lint_lookup);
    struct lint_stream stream = {.objects = arena_array_of(a, count, struct node *), .count = count, .lookup = lookup};
    lint_lookup_init(lookup, a, options);
    out->documents = arena_array_of(a, count, struct lint_document);
    out->count = count;
    for (size_t i = 0; i < count; i++) {
        judged[i].document = documents[i];
        judge(a, &judged[i], json, options->gate, &out->documents[i], &stream.objects[i]);
    }
    for (size_t i = 0; i < count; i++)
        report(&judged[i], &stream, stream.objects[i], &out->documents[i], &out->problems, options->tekton_only);
    out->missing = lookup->missing;
    out->missing_count = lookup->missing_count;
}
