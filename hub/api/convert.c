/* POST /api/v1/convert: a pipeline in another form. */
#include "hub/api/api.h"
#include "hub/api/pipeline.h"

/* What it was asked for, and its text. */
static struct str result_of(struct request *rq, const struct pipeline_job *job, struct str *media)
{
    struct str to = request_query(rq, "to");
    *media = STR("application/yaml");
    if (str_is(to, "tekton"))
        return job->out.yaml;
    if (str_is(to, "svg"))
        *media = STR("image/svg+xml");
    return job->converted;
}

static void on_convert(struct request *rq, struct pipeline_job *job)
{
    struct str media;
    if (job->status != OK) {
        pipeline_answer_error(rq, job);
        return;
    }
    struct str text = result_of(rq, job, &media);
    if (!pipeline_wants_json(rq)) {
        answer_bytes(rq, 200, media, text, STR_NONE);
        return;
    }
    struct buf b;
    buf_init(&b, rq->arena, 0);
    struct json j = json_to(&b);
    json_object(&j);
    if (job->convert != PIPELINE_COMPILE)
        json_put_cstr(&j, "format", document_format_name(job->document.format));
    json_put_str(&j, "document", text);
    json_key(&j, "problems");
    problems_json(&j, &job->out.problems);
    json_object_end(&j);
    answer_json(rq, 200, buf_take(&b), STR_NONE);
}

void api_convert(struct request *rq)
{
    struct node *body;
    struct str to = request_query(rq, "to");
    if (!api_query_choice(rq, "to", "native|tekton|svg"))
        return;
    struct pipeline_job *job = pipeline_from_request(rq, &body);
    if (!job)
        return;
    job->convert = str_is(to, "svg") ? PIPELINE_DRAW : str_is(to, "tekton") ? PIPELINE_COMPILE : PIPELINE_WRITE;
    job->done = on_convert;
    pipeline_start(rq, job);
}
