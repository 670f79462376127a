/*
 * POST /api/v1/assets: read the upload on a worker, resolve a pipeline's references, ask what is there, decide, store
 * the bytes, publish. A race with another publisher is noticed by the registry and decided again.
 */
#include "hub/api/api.h"
#include "hub/api/pipeline.h"
#include "hub/api/publish_plan.h"

#define PUBLISH_MAX_RACES 5

struct publishing {
    struct publish_request asked;
    struct upload upload;
    enum asset_kind kind;
    bool kind_given, dry_run;
    struct package package;
    struct problems problems;
    struct err e;
    struct publish_plan plan;
    struct str lock, refs;
    unsigned races;
};

static void prepare(struct request *rq, struct publishing *p);

static bool read_query(struct request *rq, struct publishing *p)
{
    struct str kind = request_query(rq, "kind"), dry = request_query(rq, "dry_run"),
               ns = request_query(rq, "namespace");
    p->asked = (struct publish_request){.namespace = ns.n ? ns : STR("default"),
                                        .name = request_query(rq, "name"),
                                        .version = request_query(rq, "version")};
    p->dry_run = str_is(dry, "true");
    if (dry.n && !p->dry_run && !str_is(dry, "false")) {
        answer_problem(rq, 422, "bad_parameter", "dry_run=%.*s is not understood; expected true or false.",
                       STR_ARG(dry));
        return false;
    }
    p->kind_given = kind.n > 0;
    if (p->kind_given && !kind_parse(kind, &p->kind)) {
        answer_problem(rq, 422, "bad_kind",
                       "There is no kind %.*s; there are component, pipeline, model, notebook, operator and dataset.",
                       STR_ARG(kind));
        return false;
    }
    struct err e = {0};
    if (publish_request_check(&p->asked, &e) == OK)
        return true;
    answer_error(rq, &e, NULL);
    return false;
}

/* ---- the end: the version, with what was noticed on the way */

static void answer_version(struct request *rq, const struct publishing *p, int status, struct str json)
{
    if (p->problems.count == 0 || json.n == 0 || json.p[json.n - 1] != '}') {
        answer_json(rq, status, json, STR_NONE);
        return;
    }
    struct buf b;
    buf_init(&b, rq->arena, 0);
    buf_put(&b, json.p, json.n - 1);
    buf_cstr(&b, ",\"problems\":");
    struct json j = json_to(&b);
    problems_json(&j, &p->problems);
    buf_char(&b, '}');
    answer_json(rq, status, buf_take(&b), STR_NONE);
}

/* What would be published: the shape of a version, with no times yet. */
static struct str version_preview(struct request *rq, const struct publishing *p)
{
    const struct package *pk = &p->package;
    struct buf b;
    buf_init(&b, rq->arena, 0);
    struct json j = json_to(&b);
    json_object(&j);
    json_put_cstr(&j, "kind", kind_name(pk->kind));
    json_put_str(&j, "namespace", p->asked.namespace);
    json_put_str(&j, "name", p->plan.name);
    json_put_str(&j, "version", p->plan.version);
    json_put_str(&j, "digest", digest_text(rq->arena, pk->main_digest));
    json_put_cstr(&j, "format", format_name(pk->format));
    json_put_int(&j, "size", (int64_t)pk->main.n);
    json_put_time(&j, "created_at", 0);
    json_put_cstr(&j, "created_by", NULL);
    json_put_time(&j, "deleted_at", 0);
    json_key(&j, "interface");
    interface_json(&j, &pk->interface);
    json_key(&j, "facts");
    if (pk->facts)
        json_node(&j, pk->facts);
    else
        json_raw(&j, STR("{}"));
    json_object_end(&j);
    return buf_take(&b);
}

/* ---- storing */

static void on_published(struct request *rq, const struct db_result *r)
{
    struct publishing *p = rq->state;
    if (r->status == ERR_CONFLICT && str_eq(str_of(r->e.code), STR("raced")) && ++p->races < PUBLISH_MAX_RACES) {
        prepare(rq, p);
        return;
    }
    if (r->status != OK) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    answer_version(rq, p, db_get_bool(r, 0, 1) ? 201 : 200, str_dup(rq->arena, db_get(r, 0, 0)));
}

static void on_stored(struct request *rq, const struct db_result *r)
{
    struct publishing *p = rq->state;
    if (r->status != OK) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    struct db_arg args[PUBLISH_ARGS];
    publish_args(rq->arena, &p->package, &p->asked, &p->plan, p->lock, p->refs, rq->principal, args);
    request_db(rq, SQL_PUBLISH, args, PUBLISH_ARGS, on_published);
}

static void on_prepared(struct request *rq, const struct db_result *r)
{
    struct publishing *p = rq->state;
    if (r->status != OK) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    struct err e = {0};
    if (publish_decide(rq->arena, &p->package, &p->asked, r, &p->plan, &e) != OK) {
        answer_error(rq, &e, &p->problems);
    } else if (p->plan.same.p) {
        answer_version(rq, p, 200, p->plan.same);
    } else if (p->dry_run) {
        answer_version(rq, p, 200, version_preview(rq, p));
    } else {
        struct db_arg args[2];
        publish_blobs(rq->arena, &p->package, args);
        request_db(rq, SQL_BLOB_PUT_MANY, args, 2, on_stored);
    }
}

static void prepare(struct request *rq, struct publishing *p)
{
    struct db_arg args[PUBLISH_PREPARE_ARGS];
    publish_prepare_args(rq->arena, &p->package, &p->asked, args);
    rq->state = p;
    request_db(rq, SQL_PUBLISH_PREPARE, args, PUBLISH_PREPARE_ARGS, on_prepared);
}

/* ---- a pipeline's references are frozen when it is published. One of another program is taken as it is, also where
   it cannot be compiled here; its references are frozen where it can. */

static void on_checked(struct request *rq, struct pipeline_job *job)
{
    struct publishing *p = job->context;
    bool native = p->package.format == FORMAT_GRAPH;
    if (job->status != OK && !native) {
        prepare(rq, p);
        return;
    }
    if (job->status != OK) {
        pipeline_answer_error(rq, job);
        return;
    }
    for (size_t i = 0; i < job->out.problems.count; i++) {
        const struct problem *from = &job->out.problems.list[i];
        struct problem *to = problem_add(&p->problems, from->severity, "", STR(""), NULL, "%s", "");
        *to = *from;
    }
    p->lock = publish_lock_json(rq->arena, &job->out);
    p->refs = publish_refs_json(rq->arena, &job->out);
    prepare(rq, p);
}

static void check_pipeline(struct request *rq, struct publishing *p)
{
    struct pipeline_job *job = arena_new_of(rq->arena, struct pipeline_job);
    job->in.document = p->package.main;
    job->namespace = p->asked.namespace;
    job->check_only = true;
    job->done = on_checked;
    job->context = p;
    pipeline_start(rq, job);
}

/* ---- reading */

static enum status read_work(struct request *rq)
{
    struct publishing *p = rq->state;
    problems_init(&p->problems, rq->arena);
    return package_read(rq->arena, p->upload.data, p->upload.filename, p->kind_given ? &p->kind : NULL, &p->package,
                        &p->problems, &p->e);
}

static bool is_compiled(enum asset_format format)
{
    return format == FORMAT_GRAPH || format == FORMAT_TEKTON_PIPELINE || format == FORMAT_TEKTON_PIPELINERUN ||
           format == FORMAT_ELYRA;
}

static void on_read(struct request *rq, enum status s)
{
    struct publishing *p = rq->state;
    if (s != OK) {
        if (p->e.status == OK)
            err_set(&p->e, s, s == ERR_LIMIT ? "too_large" : "no_memory", "The upload takes too much memory to read.");
        answer_error(rq, &p->e, &p->problems);
    } else if (is_compiled(p->package.format)) {
        check_pipeline(rq, p);
    } else {
        prepare(rq, p);
    }
}

void api_publish(struct request *rq)
{
    struct publishing *p = arena_new_of(rq->arena, struct publishing);
    rq->state = p;
    if (read_query(rq, p) && request_upload(rq, &p->upload))
        request_work(rq, read_work, on_read);
}
