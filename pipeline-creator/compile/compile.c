#include "pipeline-creator/compile/compile.h"

#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/compile/rbac.h"
#include "pipeline-creator/compile/references.h"
#include "pipeline-creator/compile/resources.h"
#include "pipeline-creator/compile/resume.h"
#include "pipeline-creator/documents/documents.h"

bool compile_form_named(struct str name, enum compile_form *out)
{
    static const char *const names[] = {"pipelinerun", "resources", "references", "rbac"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_is(name, names[i])) {
            *out = (enum compile_form)i;
            return true;
        }
    return false;
}

/* Documents of other formats are converted first; what is none of those is refused by graph_read. *given is the
   document where it is native, which fixes of problems are for; else NULL. */
static enum status read_native(struct arena *a, const struct compile_input *in, struct problems *ps,
                               const struct node **out, const struct node **given, struct err *e)
{
    struct document document;
    enum status status = in->tree ? document_from_trees(a, &in->tree, 1, &document, ps, e)
                                  : document_read(a, in->document, &document, ps, e);
    *out = document.native;
    *given = status == OK && document.format == DOCUMENT_NATIVE ? document.native : NULL;
    return status;
}

/* The order in which the manifest lists them: tasks, then finally. */
static void list_tasks(struct plan *p, struct compile_output *out)
{
    out->tasks = arena_array_of(p->a, p->graph->task_count, struct compile_task);
    for (int last = 0; last <= 1; last++)
        for (size_t k = 0; k < p->graph->task_count; k++) {
            const struct graph_task *t = p->tasks[k].task;
            if (t->exit_handler == (last == 1))
                out->tasks[out->task_count++] =
                    (struct compile_task){t->path, t->condition_of, p->tasks[k].name, t->digest, t->name};
        }
}

#define TOLD_LARGEST 3

/* Says what takes the space: the largest tasks. */
static void too_large(struct plan *p, const struct compile_output *out, const char *what, size_t stored)
{
    size_t sizes[TOLD_LARGEST] = {0};
    struct str names[TOLD_LARGEST] = {{0}};
    const struct node *spec = node_path(out->manifest, "spec", "pipelineSpec", NULL);
    for (int last = 0; last <= 1; last++) {
        const struct node *tasks = node_get(spec, last ? "finally" : "tasks");
        for (size_t k = 0; k < node_count(tasks); k++) {
            size_t size = node_to_json(p->a, tasks->items[k]).n;
            struct str name = node_text_of(tasks->items[k], "name");
            for (size_t i = 0; i < TOLD_LARGEST; i++) {
                if (size <= sizes[i])
                    continue;
                size_t smaller = sizes[i];
                struct str other = names[i];
                sizes[i] = size;
                names[i] = name;
                size = smaller;
                name = other;
            }
        }
    }
    struct buf b;
    buf_init(&b, p->a, 240);
    for (size_t i = 0; i < TOLD_LARGEST && sizes[i]; i++)
        buf_printf(&b, "%s%.*s %zu", i ? ", " : "", STR_ARG(names[i]), sizes[i]);
    struct str list = buf_take(&b);
    struct problem *problem =
        problem_add(p->ps, SEVERITY_ERROR, "too_large", STR(""), NULL,
                    "the %s has %zu bytes as JSON, %zu are allowed; the largest of %zu tasks: %.*s", what, stored,
                    COMPILE_MAX_BYTES, out->task_count, STR_ARG(list));
    problem_hint(p->ps, problem, "move long programs into images, split the pipeline%s",
                 out->form == COMPILE_RESOURCES ? "" : ", or compile it to resources");
}

static void take_graph(struct compile_output *out, const struct graph *g)
{
    out->missing = g->missing;
    out->missing_count = g->missing_count;
    out->lock = g->lock;
    out->lock_count = g->lock_count;
    out->pipeline = g->component;
}

static enum status failed(const struct compile_output *out, struct err *e)
{
    return err_set(e, ERR_INVALID, "document_invalid", "the pipeline has %zu error%s", out->problems.errors,
                   out->problems.errors == 1 ? "" : "s");
}

/* What the manifest will take, roughly: saves the copies of a text that grows. Much more than the limit is not worth
   preparing for. */
static size_t expected_bytes(const struct compile_input *in, const struct graph *g)
{
    size_t expected = in->document.n + g->task_count * 1500;
    return expected < 2 * COMPILE_MAX_BYTES ? expected : 2 * COMPILE_MAX_BYTES;
}

/* What the API server stores is JSON, without the indentation that makes the text longer: a text within the limit is
   taken at its word. 0, or how much too large it is as JSON. */
static size_t excess(struct arena *a, const struct buf *b, size_t before, size_t stored, const struct node *object)
{
    if (b->over)
        return node_to_json(a, object).n;
    return b->n - before > COMPILE_MAX_BYTES && stored > COMPILE_MAX_BYTES ? stored : 0;
}

static bool write_objects(struct plan *p, const struct compile_input *in, struct compile_output *out, bool tell)
{
    struct buf b;
    buf_init(&b, p->a, 0);
    (void)buf_reserve(&b, expected_bytes(in, p->graph));
    for (size_t i = 0; i < out->object_count; i++) {
        if (i > 0)
            buf_cstr(&b, "---\n");
        size_t before = b.n;
        size_t stored = node_write_yaml(&b, out->objects[i]);
        size_t size = excess(p->a, &b, before, stored, out->objects[i]);
        if (size == 0)
            continue;
        if (tell)
            too_large(p, out, str_cstr(p->a, node_text_of(out->objects[i], "kind")), size);
        return false;
    }
    out->yaml = buf_take(&b);
    return true;
}

static enum status write_output(struct plan *p, const struct compile_input *in, struct node *manifest,
                                struct compile_output *out, struct err *e)
{
    out->manifest = manifest;
    out->form = in->form;
    if (in->form == COMPILE_PIPELINERUN) {
        out->objects = arena_array_of(p->a, 1, struct node *);
        out->objects[out->object_count++] = manifest;
        if (write_objects(p, in, out, !in->launch))
            return OK;
        if (in->launch) {
            problem_add(p->ps, SEVERITY_INFO, "launched_as_resources", STR(""), NULL,
                        "the pipeline is too large for one PipelineRun and is launched as a Pipeline with its Tasks");
            out->form = COMPILE_RESOURCES;
        }
    }
    if (out->form == COMPILE_REFERENCES) {
        out->objects = arena_array_of(p->a, 1, struct node *);
        out->objects[out->object_count++] = references_make(p, manifest, in->hub);
        if (write_objects(p, in, out, true))
            return OK;
    }
    if (out->form == COMPILE_RBAC) {
        rbac_make(p, &out->objects, &out->object_count);
        if (p->ps->errors == 0 && write_objects(p, in, out, true))
            return OK;
    }
    if (out->form == COMPILE_RESOURCES) {
        struct resources r;
        resources_make(p->a, manifest, &r);
        out->objects = r.list;
        out->object_count = r.count;
        if (write_objects(p, in, out, true))
            return OK;
    }
    out->manifest = NULL;
    out->objects = NULL;
    out->object_count = 0;
    return failed(out, e);
}

/* Tasks of the document but for its exit handlers. */
static size_t ordinary_tasks(const struct graph *g)
{
    size_t count = 0;
    for (size_t k = 0; k < g->task_count; k++) {
        const struct graph_task *t = &g->tasks[k];
        count += t->exit_handler || t->collects || t->condition_of.n ? 0 : 1;
    }
    return count;
}

static bool has_work(struct plan *p, const struct node *document)
{
    if (ordinary_tasks(p->graph) > 0)
        return true;
    bool loops = node_count(node_path(document, "implementation", "graph", "tasks", NULL)) > 0;
    problem_add(p->ps, SEVERITY_ERROR, "no_tasks", STR("/implementation/graph/tasks"),
                node_path(document, "implementation", "graph", NULL), "the pipeline has no task to run%s",
                p->graph->task_count ? " beside exit handlers"
                : loops              ? ": its loops go over empty lists"
                                     : "");
    return false;
}

/* The plan begins anew with the graph of what is still to run. How outputs travel in the whole one says what that is.
 */
static bool leave_out_finished(struct plan *p, const struct compile_input *in)
{
    struct plan whole = *p;
    struct problems unheard;
    problems_init(&unheard, p->a);
    whole.ps = &unheard;
    plan_make(&whole);
    p->graph = resume_graph(&whole, in->finished, in->finished_count);
    if (ordinary_tasks(p->graph) > 0)
        return true;
    problem_add(p->ps, SEVERITY_ERROR, "nothing_to_resume", STR(""), NULL, "every task of the run has finished");
    return false;
}

/* What checking says of the size: an error only where compiling has no way at all. */
static void check_size(struct plan *p, const struct compile_input *in, struct compile_output *out,
                       struct node *manifest)
{
    size_t size = node_to_json(p->a, manifest).n;
    struct resources r;
    if (size <= COMPILE_MAX_BYTES || in->form == COMPILE_RBAC)
        return;
    resources_make(p->a, manifest, &r);
    out->manifest = manifest;
    out->form = COMPILE_RESOURCES;
    for (size_t i = 0; i < r.count && p->ps->errors == 0; i++) {
        size_t one = node_to_json(p->a, r.list[i]).n;
        if (one > COMPILE_MAX_BYTES)
            too_large(p, out, str_cstr(p->a, node_text_of(r.list[i], "kind")), one);
    }
    out->manifest = NULL;
    if (p->ps->errors > 0 || in->form != COMPILE_PIPELINERUN)
        return;
    struct problem *problem =
        problem_add(p->ps, SEVERITY_WARNING, "too_large", STR(""), NULL,
                    "the PipelineRun has %zu bytes as JSON, %zu are allowed in one object", size, COMPILE_MAX_BYTES);
    problem_hint(p->ps, problem, "compile it to resources, as launching does");
}

static enum status compile(struct arena *a, const struct compile_input *in, struct compile_output *out, bool check,
                           const struct node **given, struct err *e)
{
    *out = (struct compile_output){0};
    problems_init(&out->problems, a);
    const struct node *document = NULL;
    enum status status = read_native(a, in, &out->problems, &document, given, e);
    if (status != OK)
        return status;
    struct graph_input input = {document, in->parameters, in->known, in->known_count, in->launch};
    struct graph *graph = arena_new_of(a, struct graph);
    status = graph_read(a, &input, graph, &out->problems, e);
    take_graph(out, graph);
    struct plan p = {.a = a, .graph = graph, .ps = &out->problems};
    options_read(&p, graph->options, in->options);
    if (status != OK)
        return status;
    if (out->problems.errors > 0)
        return failed(out, e);
    if (graph->missing_count > 0)
        return OK;

    if (!has_work(&p, document))
        return failed(out, e);
    checks_add(&p, graph);
    if (in->finished_count > 0 && !leave_out_finished(&p, in))
        return failed(out, e);

    /* Lowering finds further problems (placeholders, text that cannot pass), so that checking goes through it too. */
    plan_make(&p);
    struct node *manifest = run_node(&p, in->name);
    kept_put_back(&p, manifest);
    judge(&p, manifest);
    list_tasks(&p, out);
    if (out->problems.errors > 0)
        return failed(out, e);
    if (check) {
        check_size(&p, in, out, manifest);
        return out->problems.errors > 0 ? failed(out, e) : OK;
    }
    return write_output(&p, in, manifest, out, e);
}

static enum status compile_with_fixes(struct arena *a, const struct compile_input *in, struct compile_output *out,
                                      bool check, struct err *e)
{
    const struct node *given = NULL;
    enum status status = compile(a, in, out, check, &given, e);
    graph_fixes_hold(given, &out->problems);
    return status;
}

enum status compile_pipeline(struct arena *a, const struct compile_input *in, struct compile_output *out, struct err *e)
{
    return compile_with_fixes(a, in, out, false, e);
}

enum status compile_check(struct arena *a, const struct compile_input *in, struct compile_output *out, struct err *e)
{
    return compile_with_fixes(a, in, out, true, e);
}
