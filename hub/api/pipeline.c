#include "hub/api/pipeline.h"

#include "catalog/catalog.h"
#include "hub/api/resolve.h"

static void compile_round(struct request *rq, struct pipeline_job *job);

static struct pipeline_job *job_of(struct request *rq)
{
    return rq->state;
}

/* ---- reading the request */

static bool is_yaml(struct request *rq)
{
    struct str type = request_media_type(rq);
    return str_eq_nocase(type, STR("application/yaml")) || str_eq_nocase(type, STR("application/x-yaml")) ||
           str_eq_nocase(type, STR("text/yaml"));
}

static struct pipeline_job *job_new(struct request *rq)
{
    struct pipeline_job *job = arena_new_of(rq->arena, struct pipeline_job);
    job->namespace = STR("default");
    rq->state = job;
    return job;
}

static bool read_map(struct request *rq, const struct node *body, const char *key, const struct node **out)
{
    const struct node *n = node_get(body, key);
    *out = node_is_null(n) ? NULL : n;
    if (!*out || node_is_map(n))
        return true;
    answer_problem(rq, 422, "bad_request", "\"%s\" must be an object, not a %s.", key, node_kind_name(n));
    return false;
}

static bool read_source(struct request *rq, const struct node *body, struct pipeline_job *job)
{
    const struct node *pipeline = node_get(body, "pipeline"), *document = node_get(body, "document");
    if (node_is_null(pipeline) == node_is_null(document)) {
        answer_problem(rq, 422, "bad_request", "Give either \"pipeline\" (namespace/name@version) or \"document\".");
        return false;
    }
    if (node_is_string(pipeline) && pipeline->text.n > 0 && pipeline->text.n <= 300) {
        job->pipeline = pipeline->text;
        return true;
    }
    if (node_is_string(document)) {
        job->in.document = document->text;
        return true;
    }
    if (node_is_map(document)) {
        job->in.tree = document;
        return true;
    }
    answer_problem(rq, 422, "bad_request",
                   "\"pipeline\" must be a reference such as starter/flip-coin, \"document\" text or an object.");
    return false;
}

struct pipeline_job *pipeline_from_request(struct request *rq, struct node **body)
{
    *body = NULL;
    if (is_yaml(rq)) {
        struct pipeline_job *job = job_new(rq);
        job->in.document = rq->body;
        return job;
    }
    if (!request_json(rq, body))
        return NULL;
    struct pipeline_job *job = job_new(rq);
    struct str namespace = node_text_of(*body, "namespace");
    if (namespace.n) {
        if (!name_valid(namespace)) {
            answer_problem(rq, 422, "bad_namespace", "\"%.*s\" cannot be a namespace.", STR_ARG(namespace));
            return NULL;
        }
        job->namespace = namespace;
    }
    if (!read_map(rq, *body, "parameters", &job->in.parameters) || !read_map(rq, *body, "options", &job->in.options) ||
        !read_source(rq, *body, job))
        return NULL;
    return job;
}

/* ---- resolving */

static void add_known(struct arena *a, struct pipeline_job *job, struct graph_known known)
{
    if (job->known_count == job->known_cap) {
        size_t size = sizeof *job->known, cap = job->known_cap ? 2 * job->known_cap : 16;
        job->known = arena_grow(a, job->known, job->known_count * size, cap * size);
        job->known_cap = cap;
    }
    job->known[job->known_count++] = known;
}

/* The digest that a version's lock gives a key, or the key itself. */
static struct str locked_key(const struct pipeline_job *job, struct str key)
{
    for (size_t i = 0; i < node_count(job->lock); i++) {
        const struct node *entry = node_at(job->lock, i);
        if (str_eq(node_text_of(entry, "key"), key) && node_text_of(entry, "digest").n)
            return node_text_of(entry, "digest");
    }
    return key;
}

static void on_resolved(struct request *rq, const struct db_result *r)
{
    struct pipeline_job *job = job_of(rq);
    if (r->status != OK) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    for (size_t i = 0; i < db_count(r) && i < job->out.missing_count; i++)
        add_known(rq->arena, job, resolve_known(rq->arena, r, i, job->out.missing[i].key));
    compile_round(rq, job);
}

static void ask(struct request *rq, struct pipeline_job *job)
{
    size_t count = job->out.missing_count;
    struct str *keys = arena_array_of(rq->arena, count, struct str);
    struct db_arg args[RESOLVE_ARGS];
    for (size_t i = 0; i < count; i++)
        keys[i] = locked_key(job, job->out.missing[i].key);
    resolve_args(rq->arena, keys, count, job->namespace, args);
    request_db(rq, SQL_RESOLVE, args, RESOLVE_ARGS, on_resolved);
}

/* ---- compiling or converting, on a worker */

static enum status convert_work(struct request *rq, struct pipeline_job *job)
{
    struct arena *a = rq->arena;
    problems_init(&job->out.problems, a);
    enum status s = job->in.tree ? document_from_trees(a, &job->in.tree, 1, &job->document, &job->out.problems, &job->e)
                                 : document_read(a, job->in.document, &job->document, &job->out.problems, &job->e);
    if (s == OK)
        s = document_require(&job->document, &job->out.problems, &job->e);
    if (s != OK)
        return s;
    job->converted = job->convert == PIPELINE_DRAW ? document_draw(a, job->document.native)
                                                   : document_write(a, job->document.native);
    return OK;
}

static enum status compile_work(struct request *rq)
{
    struct pipeline_job *job = job_of(rq);
    job->in.known = job->known;
    job->in.known_count = job->known_count;
    job->out = (struct compile_output){0};
    if (job->convert != PIPELINE_COMPILE) {
        job->status = convert_work(rq, job);
        return OK;
    }
    job->status = job->check_only ? compile_check(rq->arena, &job->in, &job->out, &job->e)
                                  : compile_pipeline(rq->arena, &job->in, &job->out, &job->e);
    return OK;
}

static void on_compiled(struct request *rq, enum status s)
{
    struct pipeline_job *job = job_of(rq);
    if (s != OK) {
        job->status = err_set(&job->e, s, s == ERR_LIMIT ? "too_large" : "no_memory",
                              s == ERR_LIMIT ? "The pipeline is too large to compile." : "The hub is out of memory.");
    } else if (job->out.missing_count > 0) {
        if (++job->rounds > PIPELINE_MAX_ROUNDS) {
            job->status = err_set(&job->e, ERR_LIMIT, "too_deep", "Pipelines are nested too deeply.");
        } else {
            ask(rq, job);
            return;
        }
    }
    job->done(rq, job);
}

static void compile_round(struct request *rq, struct pipeline_job *job)
{
    (void)job;
    request_work(rq, compile_work, on_compiled);
}

/* ---- a stored pipeline: its text and its lock */

static void on_lock(struct request *rq, const struct db_result *r)
{
    struct pipeline_job *job = job_of(rq);
    struct err e = {0};
    if (r->status != OK) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    struct str lock = db_count(r) ? str_dup(rq->arena, db_get(r, 0, 0)) : STR_NONE;
    if (lock.n && node_parse_json(rq->arena, lock, &job->lock, &e) != OK)
        job->lock = NULL;
    compile_round(rq, job);
}

static void fetch_lock(struct request *rq, struct pipeline_job *job)
{
    struct db_arg args[1] = {db_text(job->version_id)};
    request_db(rq, SQL_VERSION_LOCK, args, 1, on_lock);
}

static void on_pipeline(struct request *rq, const struct db_result *r)
{
    struct pipeline_job *job = job_of(rq);
    struct arena *a = rq->arena;
    if (r->status != OK) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    if (db_count(r) != 1 || !str_is(db_get(r, 0, RESOLVE_FOUND), "true")) {
        answer_problem(rq, 404, "pipeline_not_found", "There is no pipeline %.*s.", STR_ARG(job->pipeline));
        return;
    }
    if (!str_is(db_get(r, 0, RESOLVE_KIND), "pipeline")) {
        answer_problem(rq, 422, "not_a_pipeline", "%.*s is a %.*s, not a pipeline.", STR_ARG(job->pipeline),
                       STR_ARG(db_get(r, 0, RESOLVE_KIND)));
        return;
    }
    job->in.document = str_dup(a, db_get(r, 0, RESOLVE_TEXT));
    job->version_id = str_dup(a, db_get(r, 0, RESOLVE_VERSION_ID));
    job->pipeline_name = str_dup(a, db_get(r, 0, RESOLVE_NAME));
    job->namespace = str_dup(a, db_get(r, 0, RESOLVE_NAMESPACE));
    fetch_lock(rq, job);
}

void pipeline_start(struct request *rq, struct pipeline_job *job)
{
    rq->state = job;
    if (job->pipeline.n) {
        struct db_arg args[RESOLVE_ARGS];
        resolve_args(rq->arena, &job->pipeline, 1, job->namespace, args);
        request_db(rq, SQL_RESOLVE, args, RESOLVE_ARGS, on_pipeline);
    } else if (job->version_id.n) {
        fetch_lock(rq, job);
    } else {
        compile_round(rq, job);
    }
}

/* ---- answers */

bool pipeline_wants_json(struct request *rq)
{
    struct str accept = request_header(rq, "accept");
    return str_find(accept, STR("application/json")) >= 0 && str_find(accept, STR("yaml")) < 0;
}

void pipeline_answer_error(struct request *rq, const struct pipeline_job *job)
{
    if (job->status == ERR_INVALID && job->out.problems.errors > 0) {
        size_t n = job->out.problems.errors;
        struct err e = {0};
        err_set(&e, ERR_INVALID, "invalid_pipeline", "The pipeline has %zu error%s.", n, n == 1 ? "" : "s");
        answer_error(rq, &e, &job->out.problems);
        return;
    }
    answer_error(rq, &job->e, &job->out.problems);
}
