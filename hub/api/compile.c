/* POST /api/v1/compile and /api/v1/check. */
#include "hub/api/api.h"
#include "hub/api/pipeline.h"

static bool wants_json(struct request *rq)
{
    struct str accept = request_header(rq, "accept");
    return str_find(accept, STR("application/json")) >= 0 && str_find(accept, STR("yaml")) < 0;
}

static void on_compile(struct request *rq, struct pipeline_job *job)
{
    if (job->status != OK) {
        pipeline_answer_error(rq, job);
        return;
    }
    if (!wants_json(rq)) {
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
    if (output.n && !str_is(output, "pipelinerun")) {
        answer_problem(rq, 422, "bad_output", "output=%.*s is not known; pipelinerun is.", STR_ARG(output));
        return;
    }
    struct pipeline_job *job = pipeline_from_request(rq, &body);
    if (!job)
        return;
    job->done = on_compile;
    pipeline_start(rq, job);
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
    struct buf b;
    buf_init(&b, rq->arena, 0);
    struct json j = json_to(&b);
    json_object(&j);
    json_key(&j, "problems");
    problems_json(&j, &job->out.problems);
    json_object_end(&j);
    answer_json(rq, 200, buf_take(&b), STR_NONE);
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
