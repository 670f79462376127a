/* POST /api/v1/compile and /api/v1/check. */
#include "hub/api/api.h"
#include "hub/api/pipeline.h"

static void on_compile(struct request *rq, struct pipeline_job *job)
{
    if (job->status != OK) {
        pipeline_answer_error(rq, job);
        return;
    }
    if (!pipeline_wants_json(rq)) {
        answer_bytes(rq, 200, STR("application/yaml"), job->out.yaml, STR_NONE);
        return;
    }
    struct buf b;
    buf_init(&b, rq->arena, 0);
    struct json j = json_to(&b);
    json_object(&j);
    json_put_str(&j, "manifest", job->out.yaml);
    json_key(&j, "problems");
    problems_json(&j, &job->out.problems);
    json_object_end(&j);
    answer_json(rq, 200, buf_take(&b), STR_NONE);
}

void api_compile(struct request *rq)
{
    struct node *body;
    struct str output = request_query(rq, "output");
    enum compile_form form = COMPILE_PIPELINERUN;
    if (output.n && !compile_form_named(output, &form)) {
        answer_problem(rq, 422, "bad_output",
                       "output=%.*s is not known; pipelinerun, resources, references and rbac are.", STR_ARG(output));
        return;
    }
    struct pipeline_job *job = pipeline_from_request(rq, &body);
    if (!job)
        return;
    job->in.form = form;
    job->in.hub = request_origin(rq);
    job->done = on_compile;
    pipeline_start(rq, job);
}

/* references: a JSON array. */
static void answer_check(struct request *rq, const struct pipeline_job *job, struct str references)
{
    struct buf b;
    buf_init(&b, rq->arena, 0);
    struct json j = json_to(&b);
    json_object(&j);
    json_key(&j, "problems");
    problems_json(&j, &job->out.problems);
    json_key(&j, "references");
    json_raw(&j, references);
    json_object_end(&j);
    answer_json(rq, 200, buf_take(&b), STR_NONE);
}

static void on_references(struct request *rq, const struct db_result *r)
{
    if (r->status == OK)
        answer_check(rq, rq->state, db_get(r, 0, 0));
    else
        answer_error(rq, &r->e, NULL);
}

static void ask_references(struct request *rq, const struct pipeline_job *job)
{
    struct buf b;
    buf_init(&b, rq->arena, 0);
    struct json j = json_to(&b);
    json_array(&j);
    for (size_t i = 0; i < job->out.lock_count; i++) {
        const struct graph_known *k = &job->out.lock[i];
        json_object(&j);
        json_put_str(&j, "key", k->key);
        json_put_str(&j, "namespace", k->namespace);
        json_put_str(&j, "kind", k->is_pipeline ? STR("pipeline") : STR("component"));
        json_put_str(&j, "name", k->name);
        json_put_str(&j, "version", k->version);
        json_object_end(&j);
    }
    json_array_end(&j);
    struct db_arg args[1] = {db_text(buf_take(&b))};
    request_db(rq, SQL_REFERENCE_LIST, args, 1, on_references);
}

static void on_check(struct request *rq, struct pipeline_job *job)
{
    if (job->status != OK && job->status != ERR_INVALID && job->status != ERR_SYNTAX) {
        pipeline_answer_error(rq, job);
        return;
    }
    if (job->status != OK && job->out.problems.errors == 0) {
        problems_init(&job->out.problems, rq->arena);
        (void)problem_from_err(&job->out.problems, &job->e);
    }
    if (job->out.lock_count > 0)
        ask_references(rq, job);
    else
        answer_check(rq, job, STR("[]"));
}

void api_check(struct request *rq)
{
    struct node *body;
    struct pipeline_job *job = pipeline_from_request(rq, &body);
    if (!job)
        return;
    job->check_only = true;
    job->done = on_check;
    pipeline_start(rq, job);
}
