/*
 * POST /api/v1/lint: what Tekton would say of each document of a text, on a worker. What the documents refer to is
 * fetched from the registry, once, and they are looked at again.
 */
#include "pipeline-creator/tekton/lint.h"

#include "catalog/catalog.h"
#include "hub/api/api.h"
#include "hub/api/resolve.h"

struct lint {
    struct lint_options options;
    struct str namespace;
    bool resolved; /* what is known stands in the options */
    struct lint_report report;
    struct str out;
};

static void look(struct request *rq);

static bool read_query(struct request *rq, struct lint *lint)
{
    struct lint_options *o = &lint->options;
    struct str namespace = request_query(rq, "namespace");
    if (!api_query_choice(rq, "gate", "stable|beta|alpha") || !api_query_choice(rq, "tekton_only", "true|false"))
        return false;
    if (!tekton_gate_named(request_query(rq, "gate"), &o->gate))
        o->gate = GATE_BETA;
    o->tekton_only = str_is(request_query(rq, "tekton_only"), "true");
    o->origin = request_origin(rq);
    lint->namespace = namespace.n ? namespace : STR("default");
    if (!name_valid(lint->namespace)) {
        answer_problem(rq, 422, "bad_namespace", "\"%.*s\" cannot be a namespace.", STR_ARG(namespace));
        return false;
    }
    return true;
}

/* YAML or JSON is told by the text itself: the type says only that no form of another site has sent it. */
static bool check_body(struct request *rq)
{
    static const char *const types[] = {"application/yaml", "application/x-yaml", "text/yaml", "application/json",
                                        "application/octet-stream"};
    struct str type = request_media_type(rq);
    bool taken = type.n == 0;
    if (rq->body.n == 0) {
        answer_problem(rq, 400, "body_missing", "There is nothing to look at: send the text as the body.");
        return false;
    }
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        taken = taken || str_eq_nocase(type, str_of(types[i]));
    if (!taken)
        answer_problem(rq, 415, "media_type",
                       "This takes application/yaml, application/json and application/octet-stream.");
    return taken;
}

static void document_json(struct json *j, const struct lint_report *report, size_t i)
{
    const struct lint_document *d = &report->documents[i];
    struct problems own = {.a = report->problems.a, .count = d->problem_count};
    if (own.count > 0)
        own.list = report->problems.list + d->first_problem;
    json_object(j);
    json_put_int(j, "index", (int64_t)i);
    json_put_str(j, "kind", d->kind);
    json_put_str(j, "api_version", d->api_version);
    json_put_str(j, "name", d->name);
    json_put_int(j, "line", d->line);
    json_put_cstr(j, "verdict", d->checked ? tekton_verdict_name(d->verdict) : "not_checked");
    json_key(j, "problems");
    problems_json(j, &own);
    json_object_end(j);
}

static void report_json(struct json *j, const struct lint_report *report)
{
    json_object(j);
    json_key(j, "documents");
    json_array(j);
    for (size_t i = 0; i < report->count; i++)
        document_json(j, report, i);
    json_array_end(j);
    json_key(j, "problems");
    problems_json(j, &report->problems);
    json_object_end(j);
}

static enum status lint_work(struct request *rq)
{
    struct lint *lint = rq->state;
    struct buf b;
    lint_text(rq->arena, rq->body, &lint->options, &lint->report);
    if (lint->report.unreadable.status != OK || (lint->report.missing_count > 0 && !lint->resolved))
        return OK;
    buf_init(&b, rq->arena, 0);
    struct json j = json_to(&b);
    report_json(&j, &lint->report);
    lint->out = buf_take(&b);
    return b.over ? ERR_LIMIT : OK;
}

static void on_resolved(struct request *rq, const struct db_result *r)
{
    struct lint *lint = rq->state;
    size_t count = lint->report.missing_count;
    struct graph_known *known = arena_array_of(rq->arena, count, struct graph_known);
    if (r->status != OK) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    for (size_t i = 0; i < count && i < db_count(r); i++)
        known[i] = resolve_known(rq->arena, r, i, lint->report.missing[i]);
    lint->options.known = known;
    lint->options.known_count = count;
    lint->resolved = true;
    look(rq);
}

static void resolve(struct request *rq, const struct lint *lint)
{
    struct db_arg args[RESOLVE_ARGS];
    resolve_args(rq->arena, lint->report.missing, lint->report.missing_count, lint->namespace, args);
    request_db(rq, SQL_RESOLVE, args, RESOLVE_ARGS, on_resolved);
}

static void on_linted(struct request *rq, enum status s)
{
    struct lint *lint = rq->state;
    struct err e = lint->report.unreadable;
    if (s != OK) {
        err_set(&e, s, s == ERR_LIMIT ? "too_large" : "no_memory",
                s == ERR_LIMIT ? "There is too much in this text." : "The hub is out of memory.");
        answer_error(rq, &e, NULL);
    } else if (e.status != OK) {
        if (e.status == ERR_SYNTAX) /* of the text that is asked about, not of the request */
            e.status = ERR_INVALID;
        answer_error(rq, &e, &lint->report.problems);
    } else if (lint->report.missing_count > 0 && !lint->resolved) {
        resolve(rq, lint);
    } else {
        answer_json(rq, 200, lint->out, STR_NONE);
    }
}

static void look(struct request *rq)
{
    request_work(rq, lint_work, on_linted);
}

void api_lint(struct request *rq)
{
    struct lint *lint = arena_new_of(rq->arena, struct lint);
    if (!read_query(rq, lint) || !check_body(rq))
        return;
    rq->state = lint;
    look(rq);
}
