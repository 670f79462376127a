/* GET …/versions/{version}/snippets: the version's facts, then the texts on a worker. */
#include "base/digest.h"
#include "hub/api/api.h"
#include "hub/api/snippet_text.h"

struct snippets {
    struct str version; /* as JSON */
    struct str out;
    struct err e;
};

static enum status read_source(struct request *rq, struct snippets *job, struct snippet_source *out)
{
    struct node *v;
    enum status s = node_parse_json(rq->arena, job->version, &v, &job->e);
    if (s != OK)
        return s;
    *out = (struct snippet_source){
        .origin = request_origin(rq),
        .open = request_reading_open(rq),
        .namespace = node_text_of(v, "namespace"),
        .kind = node_text_of(v, "kind"),
        .name = node_text_of(v, "name"),
        .version = node_text_of(v, "version"),
        .digest = node_text_of(v, "digest"),
        .format = node_text_of(v, "format"),
        .main_path = node_text_of(v, "main_path"),
        .facts = node_get(v, "facts"),
    };
    return interface_from_node(rq->arena, node_get(v, "interface"), &out->interface, &job->e);
}

static enum status write_work(struct request *rq)
{
    struct snippets *job = rq->state;
    struct snippet_source source;
    enum status s = read_source(rq, job, &source);
    if (s != OK)
        return s;
    struct buf b;
    buf_init(&b, rq->arena, 0);
    struct json j = json_to(&b);
    json_object(&j);
    json_key(&j, "items");
    snippets_json(rq->arena, &j, &source);
    json_object_end(&j);
    if (b.over)
        return err_set(&job->e, ERR_LIMIT, "snippets_too_large", "The interface is larger than is shown.");
    job->out = buf_take(&b);
    return OK;
}

static void on_written(struct request *rq, enum status s)
{
    struct snippets *job = rq->state;
    if (s == OK) {
        /* The texts name the host that was asked: the digest of the version does not tell them apart. */
        answer_json(rq, 200, job->out,
                    str_printf(rq->arena, "\"snippets-%.*s\"", 32, sha256_hex(rq->arena, job->out).p));
        return;
    }
    if (job->e.status == OK)
        err_set(&job->e, s, "not_written", "How to use it cannot be told.");
    answer_error(rq, &job->e, NULL);
}

static void on_version(struct request *rq, const struct db_result *r)
{
    if (r->status != OK) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    struct snippets *job = arena_new_of(rq->arena, struct snippets);
    job->version = str_dup(rq->arena, db_get(r, 0, 0));
    rq->state = job;
    request_work(rq, write_work, on_written);
}

void api_version_snippets(struct request *rq)
{
    struct db_arg args[4];
    api_asset_args(rq, args);
    args[3] = db_text(request_path_param(rq, "version"));
    request_db(rq, SQL_VERSION_GET, args, 4, on_version);
}
