/* What people read about an asset: its README, who uses it, what changed between two versions. */
#include "hub/api/api.h"

#include "catalog/interface.h"
#include "catalog/readme.h"

/* ---- README, rendered on a worker */

struct reading {
    struct str markdown, digest, html;
    struct err e;
};

static enum status render_work(struct request *rq)
{
    struct reading *reading = rq->state;
    return readme_html(rq->arena, reading->markdown, &reading->html, &reading->e);
}

/* Shown within the application, so it is no attachment; opened by itself it can do no more than load its images. */
static void send_readme(struct request *rq, const struct reading *reading)
{
    answer_header(rq, "Content-Security-Policy",
                  STR("sandbox; default-src 'none'; img-src https:; frame-ancestors 'self'"));
    answer_header(rq, "Cross-Origin-Resource-Policy", STR("same-origin"));
    answer_header(rq, "Content-Disposition", STR("inline"));
    answer_kept(rq, 200, STR("text/html; charset=utf-8"), reading->html,
                str_printf(rq->arena, "\"readme-" README_REVISION "-%.*s\"", STR_ARG(reading->digest)));
}

static void on_rendered(struct request *rq, enum status s)
{
    struct reading *reading = rq->state;
    if (s == OK) {
        send_readme(rq, reading);
        return;
    }
    if (reading->e.status == OK)
        err_set(&reading->e, s, "not_rendered", "The README cannot be shown.");
    answer_error(rq, &reading->e, NULL);
}

static void on_readme(struct request *rq, const struct db_result *r)
{
    if (r->status != OK) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    struct reading *reading = arena_new_of(rq->arena, struct reading);
    reading->markdown = str_dup(rq->arena, db_get(r, 0, 0));
    reading->digest = str_dup(rq->arena, db_get(r, 0, 1));
    rq->state = reading;
    request_work(rq, render_work, on_rendered);
}

void api_version_readme(struct request *rq)
{
    struct db_arg args[4];
    api_asset_args(rq, args);
    args[3] = db_text(request_path_param(rq, "version"));
    request_db(rq, SQL_VERSION_README, args, 4, on_readme);
}

/* ---- used-by */

static void on_used_by(struct request *rq, const struct db_result *r)
{
    if (r->status == OK)
        answer_json(rq, 200, db_get(r, 0, 0), STR_NONE);
    else
        answer_error(rq, &r->e, NULL);
}

void api_asset_used_by(struct request *rq)
{
    struct db_arg args[3];
    api_asset_args(rq, args);
    request_db(rq, SQL_USED_BY, args, 3, on_used_by);
}

/* ---- diff: one version after the other, then the comparison on a worker */

struct comparison {
    struct str from, to; /* versions, as JSON */
    struct str out;
    struct err e;
};

static enum status read_interface(struct arena *a, struct str version, struct interface *out, struct err *e)
{
    struct node *n;
    enum status s = node_parse_json(a, version, &n, e);
    return s ? s : interface_from_node(a, node_get(n, "interface"), out, e);
}

static enum status compare_work(struct request *rq)
{
    struct comparison *c = rq->state;
    struct interface from, to;
    struct buf b;
    enum status s = read_interface(rq->arena, c->from, &from, &c->e);
    if (s == OK)
        s = read_interface(rq->arena, c->to, &to, &c->e);
    if (s != OK)
        return s;
    buf_init(&b, rq->arena, 0);
    struct json j = json_to(&b);
    interface_diff_json(&j, &from, &to);
    if (b.over)
        return err_set(&c->e, ERR_LIMIT, "diff_too_large", "The difference is larger than is shown.");
    c->out = buf_take(&b);
    return OK;
}

static void on_compared(struct request *rq, enum status s)
{
    struct comparison *c = rq->state;
    if (s == OK) {
        answer_json(rq, 200, c->out, STR_NONE);
        return;
    }
    if (c->e.status == OK)
        err_set(&c->e, s, "not_compared", "The versions cannot be compared.");
    answer_error(rq, &c->e, NULL);
}

static void ask_version(struct request *rq, const char *which,
                        void (*done)(struct request *rq, const struct db_result *r))
{
    struct db_arg args[4];
    api_asset_args(rq, args);
    args[3] = db_text(request_query(rq, which));
    request_db(rq, SQL_VERSION_GET, args, 4, done);
}

static void on_to(struct request *rq, const struct db_result *r)
{
    struct comparison *c = rq->state;
    if (r->status != OK) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    c->to = str_dup(rq->arena, db_get(r, 0, 0));
    request_work(rq, compare_work, on_compared);
}

static void on_from(struct request *rq, const struct db_result *r)
{
    if (r->status != OK) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    struct comparison *c = arena_new_of(rq->arena, struct comparison);
    c->from = str_dup(rq->arena, db_get(r, 0, 0));
    rq->state = c;
    ask_version(rq, "to", on_to);
}

void api_asset_diff(struct request *rq)
{
    if (request_query(rq, "from").n == 0 || request_query(rq, "to").n == 0) {
        answer_problem(rq, 422, "bad_parameter", "from and to have to name a version each.");
        return;
    }
    ask_version(rq, "from", on_from);
}
