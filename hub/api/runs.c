/* Runs: launching, reading, cancelling. Logs are in logs.c. */
#include "hub/api/api.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "catalog/catalog.h"
#include "hub/api/pipeline.h"
#include "hub/runs/finished.h"
#include "hub/runs/supervisor.h"
#include "pipeline-creator/tekton/pipelinerun.h"

#define RUN_NAME_MAX 200
#define RUN_SLUG_MAX 40

struct launch {
    struct pipeline_job *job;
    char id[UUID_TEXT];
    struct str name;       /* for people */
    struct str parameters; /* JSON: given ones and defaults */
    struct str document, manifest, options, retry_of, resume_of;
    struct problems problems;
    struct err e;
};

static struct supervisor *supervisor_of(struct request *rq)
{
    return hub_app(rq->hub);
}

static struct str principal_text(struct request *rq)
{
    return str_printf(rq->arena, "%lld", (long long)rq->principal);
}

/* ---- creating */

static void on_created(struct request *rq, const struct db_result *r)
{
    struct launch *l = rq->state;
    if (r->status != OK) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    /* It is stored now: should the engine be gone meanwhile, the next start takes it up. */
    if (supervisor_submit(supervisor_of(rq), l->id, l->manifest, &l->e) != OK)
        answer_header(rq, "Retry-After", STR("1"));
    answer_header(rq, "Location", str_printf(rq->arena, "/api/v1/runs/%s", l->id));
    answer_json(rq, 201, db_get(r, 0, 0), STR_NONE);
}

static struct str tasks_json(struct arena *a, const struct compile_output *out)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json j = json_to(&b);
    json_array(&j);
    for (size_t i = 0; i < out->task_count; i++) {
        const struct compile_task *t = &out->tasks[i];
        json_object(&j);
        json_put_int(&j, "task_no", (int64_t)i);
        json_put_str(&j, "path", t->path);
        json_put_str(&j, "tekton_name", t->tekton_name);
        if (t->component_digest.n)
            json_put_str(&j, "component_digest", t->component_digest);
        else
            json_put_cstr(&j, "component_digest", NULL);
        json_object_end(&j);
    }
    json_array_end(&j);
    return buf_take(&b);
}

static void store(struct request *rq, struct launch *l)
{
    struct pipeline_job *job = l->job;
    struct db_arg args[13] = {
        db_text(str_of(l->id)),
        db_text(job->namespace),
        db_text(l->name),
        db_text(job->version_id.p ? job->version_id : STR("")),
        db_bytes(l->document),
        db_bytes(l->manifest),
        db_text(l->parameters),
        db_text(l->options),
        db_text(STR("local")),
        db_text(tasks_json(rq->arena, &job->out)),
        db_text(l->retry_of.p ? l->retry_of : STR("")),
        db_text(l->resume_of.p ? l->resume_of : STR("")),
        db_text(principal_text(rq)),
    };
    request_db(rq, SQL_RUN_CREATE, args, 13, on_created);
}

/* ---- the manifest of this very run, on a worker */

/* What the run runs with: what was given, and the defaults of the rest. */
static struct str effective_parameters(struct arena *a, const struct launch *l)
{
    const struct interface *i = &l->job->out.pipeline.interface;
    struct node *all = node_map(a);
    for (size_t n = 0; n < i->input_count; n++) {
        const struct port *port = &i->inputs[n];
        struct node *given = node_get_str(l->job->in.parameters, port->name);
        if (given)
            node_set(a, all, port->name, given);
        else if (port->default_value)
            node_set(a, all, port->name, node_str(a, graph_text(a, port->default_value)));
    }
    return node_to_json(a, all);
}

/* "<slug>-<12 hex of the id>", with the run as a label, so that what an engine makes can be found by it. */
static void name_manifest(struct arena *a, struct launch *l)
{
    struct node *metadata = node_get(l->job->out.manifest, "metadata");
    struct node *labels = node_get(metadata, "labels");
    struct str slug = name_slug(a, l->name);
    slug = str_sub(slug, 0, RUN_SLUG_MAX);
    while (slug.n && slug.p[slug.n - 1] == '-')
        slug.n--;
    node_remove(metadata, "generateName");
    node_put_str(a, metadata, "name", str_printf(a, "%.*s-%s", STR_ARG(slug), l->id + UUID_TEXT - 1 - 12));
    if (!labels) {
        labels = node_map(a);
        node_put(a, metadata, "labels", labels);
    }
    node_put(a, labels, "component-hub.dev/run", node_cstr(a, l->id));
}

static enum status finish_work(struct request *rq)
{
    struct launch *l = rq->state;
    struct arena *a = rq->arena;
    struct buf yaml;
    struct prun *run;
    problems_init(&l->problems, a);
    name_manifest(a, l);
    if (launch_check(a, supervisor_policy(supervisor_of(rq)), l->job->out.manifest, &l->problems) != OK)
        return err_set(&l->e, ERR_DENIED, "launch_denied", "The launch policy does not allow this pipeline.");
    enum status s = prun_read(a, node_copy(a, l->job->out.manifest), l->id, &run, &l->e);
    if (s != OK)
        return s;
    buf_init(&yaml, a, NODE_MAX_BYTES);
    node_write_yaml(&yaml, l->job->out.manifest);
    l->manifest = buf_take(&yaml);
    l->parameters = effective_parameters(a, l);
    l->document = l->job->in.document.n ? l->job->in.document : node_to_json(a, l->job->in.tree);
    l->options = l->job->in.options ? node_to_json(a, l->job->in.options) : STR("{}");
    return OK;
}

static void on_finished(struct request *rq, enum status s)
{
    struct launch *l = rq->state;
    if (s == OK) {
        store(rq, l);
        return;
    }
    if (l->e.status == OK)
        err_set(&l->e, s, "not_launched", "The run takes too much memory to prepare.");
    answer_error(rq, &l->e, &l->problems);
}

static struct str run_name(struct request *rq, const struct launch *l)
{
    if (l->name.n)
        return l->name;
    if (l->job->pipeline_name.n)
        return l->job->pipeline_name;
    struct str title = l->job->out.pipeline.name;
    return title.n ? str_dup(rq->arena, str_sub(title, 0, RUN_NAME_MAX)) : STR("pipeline");
}

static void on_pipeline(struct request *rq, struct pipeline_job *job)
{
    struct launch *l = job->context;
    if (job->status != OK) {
        pipeline_answer_error(rq, job);
        return;
    }
    l->name = run_name(rq, l);
    rq->state = l;
    request_work(rq, finish_work, on_finished);
}

static bool start_launch(struct request *rq, struct launch *l, struct pipeline_job *job)
{
    struct err e = {0};
    if (!supervisor_ready(supervisor_of(rq), &e)) {
        answer_error(rq, &e, NULL);
        return false;
    }
    if (uuid7(l->id) != OK) {
        answer_problem(rq, 503, "no_randomness", "The hub cannot make an id now.");
        return false;
    }
    l->job = job;
    job->in.launch = true;
    job->done = on_pipeline;
    job->context = l;
    pipeline_start(rq, job);
    return true;
}

void api_run_create(struct request *rq)
{
    struct node *body;
    struct pipeline_job *job = pipeline_from_request(rq, &body);
    if (!job)
        return;
    struct launch *l = arena_new_of(rq->arena, struct launch);
    const struct node *name = node_get(body, "name"), *engine = node_get(body, "engine");
    if (!node_is_null(name) && (!node_is_string(name) || name->text.n == 0 || name->text.n > RUN_NAME_MAX)) {
        answer_problem(rq, 422, "bad_name", "\"name\" must be text of at most %d bytes.", RUN_NAME_MAX);
        return;
    }
    if (!node_is_null(engine) && !str_is(node_text(engine), "local")) {
        answer_problem(rq, 422, "no_engine", "There is no engine of that name; there is local.");
        return;
    }
    l->name = node_text(name);
    (void)start_launch(rq, l, job);
}

/* ---- retry and resume: the same document, parameters and options, as a new run */

static bool parse_map(struct request *rq, struct str text, const struct node **out)
{
    struct node *n = NULL;
    struct err e = {0};
    *out = NULL;
    if (text.n == 0)
        return true;
    if (node_parse_json(rq->arena, str_dup(rq->arena, text), &n, &e) != OK) {
        answer_problem(rq, 500, "bad_run", "The stored run cannot be read.");
        return false;
    }
    *out = node_count(n) ? n : NULL;
    return true;
}

static bool take_document(struct request *rq, const struct db_result *r, struct launch *l, struct pipeline_job *job)
{
    struct arena *a = rq->arena;
    if (!parse_map(rq, db_get(r, 0, 1), &job->in.parameters) || !parse_map(rq, db_get(r, 0, 2), &job->in.options))
        return false;
    job->in.document = str_dup(a, db_get(r, 0, 0));
    job->namespace = str_dup(a, db_get(r, 0, 4));
    job->version_id = str_dup(a, db_get(r, 0, 6));
    l->name = str_dup(a, db_get(r, 0, 5));
    return true;
}

static void on_retry(struct request *rq, const struct db_result *r)
{
    if (r->status != OK) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    struct pipeline_job *job = arena_new_of(rq->arena, struct pipeline_job);
    struct launch *l = arena_new_of(rq->arena, struct launch);
    l->retry_of = request_path_param(rq, "id");
    if (take_document(rq, r, l, job))
        (void)start_launch(rq, l, job);
}

/* A run that resumed another has only the rest: what finished before stands in the one before it, and so on. */
struct resuming {
    struct launch *launch;
    struct pipeline_job *job;
    struct finished finished;
    unsigned runs;
};

static void on_resume(struct request *rq, const struct db_result *r);

static void ask_run(struct request *rq, struct resuming *x, struct str id)
{
    struct db_arg args[1] = {db_text(id)};
    rq->state = x;
    request_db(rq, SQL_RUN_DOCUMENT, args, 1, on_resume);
}

static void on_resume(struct request *rq, const struct db_result *r)
{
    struct resuming *x = rq->state;
    const struct node *run = NULL;
    struct err e = {0};
    enum run_state state;
    if (r->status != OK && x->runs == 0) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    if (x->runs == 0 && state_parse(db_get(r, 0, 7), &state) && !state_is_final(state)) {
        answer_problem(rq, 409, "run_not_finished", "The run is still going on; cancel it first, or wait.");
        return;
    }
    if (x->runs == 0 && !take_document(rq, r, x->launch, x->job))
        return;
    /* one before that was deleted: its tasks run again */
    if (r->status == OK) {
        if (!parse_map(rq, db_get(r, 0, 8), &run))
            return;
        if (finished_add(&x->finished, run, &e) != OK) {
            answer_error(rq, &e, NULL);
            return;
        }
    }
    struct str before = node_text_of(run, "resume_of");
    if (before.n && ++x->runs < FINISHED_MAX_RUNS) {
        ask_run(rq, x, before);
        return;
    }
    x->job->in.finished = x->finished.list;
    x->job->in.finished_count = x->finished.count;
    (void)start_launch(rq, x->launch, x->job);
}

static void with_id(struct request *rq, enum sql statement, void (*done)(struct request *, const struct db_result *))
{
    struct db_arg args[1] = {db_text(request_path_param(rq, "id"))};
    request_db(rq, statement, args, 1, done);
}

void api_run_retry(struct request *rq)
{
    with_id(rq, SQL_RUN_DOCUMENT, on_retry);
}

void api_run_resume(struct request *rq)
{
    struct resuming *x = arena_new_of(rq->arena, struct resuming);
    x->job = arena_new_of(rq->arena, struct pipeline_job);
    x->launch = arena_new_of(rq->arena, struct launch);
    x->launch->resume_of = request_path_param(rq, "id");
    finished_init(&x->finished, rq->arena);
    ask_run(rq, x, x->launch->resume_of);
}

/* ---- reading */

static void on_run(struct request *rq, const struct db_result *r)
{
    if (r->status != OK)
        answer_error(rq, &r->e, NULL);
    else
        answer_json(rq, 200, db_get(r, 0, 0), str_printf(rq->arena, "\"%.*s\"", STR_ARG(db_get(r, 0, 1))));
}

void api_run_get(struct request *rq)
{
    with_id(rq, SQL_RUN_GET, on_run);
}

static void on_list(struct request *rq, const struct db_result *r)
{
    if (r->status != OK)
        answer_error(rq, &r->e, NULL);
    else
        answer_json(rq, 200, db_get(r, 0, 0), STR_NONE);
}

void api_run_list(struct request *rq)
{
    unsigned limit;
    struct str cursor, state = request_query(rq, "state"), archived = request_query(rq, "archived");
    enum run_state known;
    if (!request_paging(rq, &limit, &cursor))
        return;
    if (state.n && !state_parse(state, &known)) {
        answer_problem(rq, 422, "bad_parameter", "There is no state %.*s.", STR_ARG(state));
        return;
    }
    if (archived.n && !str_is(archived, "true") && !str_is(archived, "false")) {
        answer_problem(rq, 422, "bad_parameter", "archived=%.*s is not understood; expected true or false.",
                       STR_ARG(archived));
        return;
    }
    struct db_arg args[6] = {
        db_text(state),
        db_text(request_query(rq, "pipeline")),
        db_text(request_query(rq, "namespace")),
        db_text(str_printf(rq->arena, "%u", limit)),
        db_text(cursor),
        db_text(archived),
    };
    request_db(rq, SQL_RUN_LIST, args, 6, on_list);
}

static void on_manifest(struct request *rq, const struct db_result *r)
{
    if (r->status != OK)
        answer_error(rq, &r->e, NULL);
    else
        answer_bytes(rq, 200, STR("application/yaml"), db_get(r, 0, 0),
                     str_printf(rq->arena, "\"%.*s\"", STR_ARG(db_get(r, 0, 1))));
}

void api_run_manifest(struct request *rq)
{
    with_id(rq, SQL_RUN_MANIFEST, on_manifest);
}

/* ---- changing */

static void on_cancelled(struct request *rq, const struct db_result *r)
{
    if (r->status != OK) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    if (db_get_bool(r, 0, 1))
        supervisor_cancel(supervisor_of(rq), str_cstr(rq->arena, request_path_param(rq, "id")));
    answer_json(rq, 202, db_get(r, 0, 3), STR_NONE);
}

void api_run_cancel(struct request *rq)
{
    struct db_arg args[2] = {db_text(request_path_param(rq, "id")), db_text(principal_text(rq))};
    request_db(rq, SQL_RUN_CANCEL, args, 2, on_cancelled);
}

void api_run_archive(struct request *rq)
{
    struct db_arg args[4] = {db_text(request_path_param(rq, "id")), db_text(STR("true")), db_text(STR("-1")),
                             db_text(principal_text(rq))};
    request_db(rq, SQL_RUN_ARCHIVE, args, 4, on_run);
}

static void on_deleted(struct request *rq, const struct db_result *r)
{
    if (r->status != OK)
        answer_error(rq, &r->e, NULL);
    else
        answer_empty(rq, 204);
}

void api_run_delete(struct request *rq)
{
    struct db_arg args[3] = {db_text(request_path_param(rq, "id")), db_text(STR("-1")), db_text(principal_text(rq))};
    request_db(rq, SQL_RUN_DELETE, args, 3, on_deleted);
}

/* ---- engines */

void api_engine_list(struct request *rq)
{
    struct buf b;
    buf_init(&b, rq->arena, 0);
    struct json j = json_to(&b);
    json_object(&j);
    json_key(&j, "items");
    supervisor_engines(supervisor_of(rq), rq->arena, &j);
    json_object_end(&j);
    answer_json(rq, 200, buf_take(&b), STR_NONE);
}
