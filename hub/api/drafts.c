/* Drafts: pipeline documents as typed, with every revision. Text that does not parse is a draft as well. */
#include "hub/api/api.h"

#include "base/clock.h"
#include "catalog/catalog.h"

#define DOCUMENT_MAX  ((size_t)4 << 20)
#define TITLE_MAX     200 /* characters, of labels too */
#define REFERENCE_MAX 300

/* What a body says; texts that are not given are "". */
struct draft {
    char id[UUID_TEXT];
    struct str document, title, label, namespace, based_on;
};

static struct db_arg number_arg(struct request *rq, int64_t n)
{
    return db_text(str_printf(rq->arena, "%lld", (long long)n));
}

static struct str etag_of(struct request *rq, struct str value)
{
    return str_printf(rq->arena, "\"%.*s\"", STR_ARG(value));
}

/* ---- bodies */

/* The first characters of a text: a title is never cut within one. */
static struct str first_characters(struct str text, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (((unsigned char)text.p[i] & 0xc0) != 0x80 && n++ == most)
            return str_sub(text, 0, i);
    }
    return text;
}

static bool read_text(struct request *rq, const struct node *body, const char *key, size_t most, struct str *out)
{
    const struct node *n = node_get(body, key);
    *out = STR("");
    if (node_is_null(n))
        return true;
    if (!node_is_string(n)) {
        answer_problem(rq, 422, "bad_request", "\"%s\" must be text, not a %s.", key, node_kind_name(n));
        return false;
    }
    if (first_characters(n->text, most).n < n->text.n) {
        answer_problem(rq, 422, "bad_request", "\"%s\" is too long: %zu characters are the most.", key, most);
        return false;
    }
    *out = n->text;
    return true;
}

/* That the text is UTF-8 without U+0000 the reader of JSON has seen to. */
static bool read_document(struct request *rq, const struct node *body, struct str *out)
{
    const struct node *n = node_get(body, "document");
    if (!node_is_string(n)) {
        answer_problem(rq, 422, "bad_request", "\"document\" must be there and must be text.");
        return false;
    }
    if (n->text.n > DOCUMENT_MAX) {
        answer_problem(rq, 413, "document_too_large", "The document has %zu bytes; a draft has at most %zu.", n->text.n,
                       DOCUMENT_MAX);
        return false;
    }
    *out = n->text;
    return true;
}

static bool read_draft(struct request *rq, struct draft *d, struct node **body)
{
    return request_json(rq, body) && read_document(rq, *body, &d->document) &&
           read_text(rq, *body, "title", TITLE_MAX, &d->title) && read_text(rq, *body, "label", TITLE_MAX, &d->label);
}

/* ---- creating */

static void on_created(struct request *rq, const struct db_result *r)
{
    const struct draft *d = rq->state;
    if (r->status != OK) {
        answer_error(rq, &r->e, NULL);
        return;
    }
    answer_header(rq, "Location", str_printf(rq->arena, "/api/v1/drafts/%s", d->id));
    answer_json(rq, 201, db_get(r, 0, 0), etag_of(rq, db_get(r, 0, 1)));
}

static void store(struct request *rq, const struct draft *d)
{
    struct db_arg args[7] = {
        db_text(str_of(d->id)),
        db_text(d->namespace),
        db_text(d->title.n ? d->title : STR("Untitled")),
        db_text(d->label),
        db_bytes(d->document),
        db_text(d->based_on),
        number_arg(rq, rq->principal),
    };
    request_db(rq, SQL_DRAFT_CREATE, args, 7, on_created);
}

/* The name that the document gives itself, when it can be read. On a worker: the text may be large. */
static enum status title_work(struct request *rq)
{
    struct draft *d = rq->state;
    struct node *tree;
    struct err e = {0};
    if (node_parse_yaml(rq->arena, d->document, &tree, &e) == OK && node_is_string(node_get(tree, "name")))
        d->title = first_characters(str_trim(node_text_of(tree, "name")), TITLE_MAX);
    return OK;
}

static void on_titled(struct request *rq, enum status s)
{
    (void)s; /* one that takes too much memory to read has no title, like any other that cannot be read */
    store(rq, rq->state);
}

void api_draft_create(struct request *rq)
{
    struct draft *d = arena_new_of(rq->arena, struct draft);
    struct node *body;
    if (!read_draft(rq, d, &body) || !read_text(rq, body, "namespace", TITLE_MAX, &d->namespace) ||
        !read_text(rq, body, "based_on", REFERENCE_MAX, &d->based_on))
        return;
    if (d->namespace.n == 0)
        d->namespace = STR("default");
    if (!name_valid(d->namespace)) {
        answer_problem(rq, 422, "bad_namespace", "\"%.*s\" cannot be a namespace.", STR_ARG(d->namespace));
        return;
    }
    if (uuid7(d->id) != OK) {
        answer_problem(rq, 503, "no_randomness", "The hub cannot make an id now.");
        return;
    }
    rq->state = d;
    if (d->title.n)
        store(rq, d);
    else
        request_work(rq, title_work, on_titled);
}

/* ---- reading */

static void on_draft(struct request *rq, const struct db_result *r)
{
    if (r->status != OK)
        answer_error(rq, &r->e, NULL);
    else
        answer_json(rq, 200, db_get(r, 0, 0), etag_of(rq, db_get(r, 0, 1)));
}

void api_draft_get(struct request *rq)
{
    struct db_arg args[1] = {db_text(request_path_param(rq, "id"))};
    request_db(rq, SQL_DRAFT_GET, args, 1, on_draft);
}

static void on_list(struct request *rq, const struct db_result *r)
{
    if (r->status != OK)
        answer_error(rq, &r->e, NULL);
    else
        answer_json(rq, 200, db_get(r, 0, 0), STR_NONE);
}

static void list(struct request *rq, enum sql statement, struct str of)
{
    unsigned limit;
    struct str cursor;
    if (!request_paging(rq, &limit, &cursor))
        return;
    struct db_arg args[3] = {db_text(of), number_arg(rq, limit), db_text(cursor)};
    request_db(rq, statement, args, 3, on_list);
}

void api_draft_list(struct request *rq)
{
    list(rq, SQL_DRAFT_LIST, request_query(rq, "namespace"));
}

void api_draft_revisions(struct request *rq)
{
    list(rq, SQL_DRAFT_REVISIONS, request_path_param(rq, "id"));
}

static void on_document(struct request *rq, const struct db_result *r)
{
    if (r->status != OK)
        answer_error(rq, &r->e, NULL);
    else
        answer_bytes(rq, 200, STR("text/plain; charset=utf-8"), db_get(r, 0, 0), etag_of(rq, db_get(r, 0, 1)));
}

void api_draft_document(struct request *rq)
{
    struct db_arg args[2] = {db_text(request_path_param(rq, "id")), db_text(request_path_param(rq, "rev"))};
    request_db(rq, SQL_DRAFT_DOCUMENT, args, 2, on_document);
}

/* ---- changing */

void api_draft_put(struct request *rq)
{
    struct draft d = {0};
    struct node *body;
    int64_t row_version;
    if (!request_if_match(rq, &row_version) || !read_draft(rq, &d, &body))
        return;
    struct db_arg args[6] = {
        db_text(request_path_param(rq, "id")),
        number_arg(rq, row_version),
        db_text(d.title),
        db_text(d.label),
        db_bytes(d.document),
        number_arg(rq, rq->principal),
    };
    request_db(rq, SQL_DRAFT_PUT, args, 6, on_draft);
}

static void on_deleted(struct request *rq, const struct db_result *r)
{
    if (r->status != OK)
        answer_error(rq, &r->e, NULL);
    else
        answer_empty(rq, 204);
}

void api_draft_delete(struct request *rq)
{
    int64_t row_version;
    if (!request_if_match(rq, &row_version))
        return;
    struct db_arg args[3] = {db_text(request_path_param(rq, "id")), number_arg(rq, row_version),
                             number_arg(rq, rq->principal)};
    request_db(rq, SQL_DRAFT_DELETE, args, 3, on_deleted);
}
