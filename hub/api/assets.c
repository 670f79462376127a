/* Assets, their versions and tags: reading and changing. Publishing is in publish.c. */
#include "hub/api/api.h"

#include "catalog/catalog.h"

#define ASSET_ARGS 3

void api_asset_args(struct request *rq, struct db_arg *args)
{
    args[0] = db_text(request_path_param(rq, "namespace"));
    args[1] = db_text(request_path_param(rq, "kind"));
    args[2] = db_text(request_path_param(rq, "name"));
}

static struct db_arg principal_arg(struct request *rq)
{
    return db_text(str_printf(rq->arena, "%lld", (long long)rq->principal));
}

static struct str quoted(struct request *rq, struct str s)
{
    return str_printf(rq->arena, "\"%.*s\"", STR_ARG(s));
}

/* True when the result can be used; else the error has been answered. */
static bool fine(struct request *rq, const struct db_result *r)
{
    if (r->status == OK)
        return true;
    answer_error(rq, &r->e, NULL);
    return false;
}

/* ---- assets */

static void on_list(struct request *rq, const struct db_result *r)
{
    if (fine(rq, r))
        answer_json(rq, 200, db_get(r, 0, 0), STR_NONE);
}

bool api_query_choice(struct request *rq, const char *name, const char *choices)
{
    struct str rest = str_of(choices), value = request_query(rq, name), choice;
    if (value.n == 0)
        return true;
    while (str_split(&rest, '|', &choice)) {
        if (str_eq(choice, value))
            return true;
    }
    answer_problem(rq, 422, "bad_parameter", "%s=%.*s is not understood; expected %s.", name, STR_ARG(value), choices);
    return false;
}

void api_asset_list(struct request *rq)
{
    static const char *const names[] = {"kind", "namespace", "q", "tag", "provider", "label", "featured", "sort"};
    struct db_arg args[11];
    unsigned limit;
    struct str cursor;
    if (!request_paging(rq, &limit, &cursor) ||
        !api_query_choice(rq, "kind", "component|pipeline|model|notebook|operator|dataset") ||
        !api_query_choice(rq, "featured", "true|false") || !api_query_choice(rq, "facets", "true|false") ||
        !api_query_choice(rq, "sort", "relevance|updated|name|used"))
        return;
    if (request_query(rq, "q").n > 200) {
        answer_problem(rq, 422, "bad_parameter", "q has %zu bytes; at most 200 are searched for.",
                       request_query(rq, "q").n);
        return;
    }
    for (unsigned i = 0; i < 8; i++)
        args[i] = db_text(request_query(rq, names[i]));
    args[8] = db_text(str_printf(rq->arena, "%u", limit));
    args[9] = db_text(cursor);
    args[10] = db_text(request_query(rq, "facets"));
    request_db(rq, SQL_ASSET_LIST, args, 11, on_list);
}

/* Column 0 is the shape, column 1 what makes its ETag. */
static void on_shape(struct request *rq, const struct db_result *r)
{
    if (fine(rq, r))
        answer_json(rq, 200, db_get(r, 0, 0), quoted(rq, db_get(r, 0, 1)));
}

void api_asset_get(struct request *rq)
{
    struct db_arg args[ASSET_ARGS];
    api_asset_args(rq, args);
    request_db(rq, SQL_ASSET_GET, args, ASSET_ARGS, on_shape);
}

static struct db_arg if_match_arg(struct request *rq, int64_t row_version)
{
    return db_text(str_printf(rq->arena, "%lld", (long long)row_version));
}

static size_t characters(struct str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.p[i] & 0xc0) != 0x80;
    return n;
}

/* What is no text is for the registry to refuse. */
static bool check_length(struct request *rq, const char *what, const struct node *n, size_t most)
{
    if (!node_is_string(n) || characters(n->text) <= most)
        return true;
    answer_problem(rq, 422, "bad_patch", "%s is too long: %zu characters, %zu are the most.", what, characters(n->text),
                   most);
    return false;
}

/* The sizes that static/openapi.yaml promises, and that what is deprecated says why. */
static bool check_patch(struct request *rq, const struct node *patch)
{
    static const struct {
        const char *key;
        size_t most;
    } texts[] = {{"title", 200}, {"description", 10000}, {"provider", 200}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!check_length(rq, texts[i].key, node_get(patch, texts[i].key), texts[i].most))
            return false;
    }
    const struct node *labels = node_get(patch, "labels"), *deprecated = node_get(patch, "deprecated");
    for (size_t i = 0; node_is_map(labels) && i < labels->count; i++) {
        if (!check_length(rq, "A label", labels->pairs[i].value, 200))
            return false;
    }
    if (!node_is_map(deprecated))
        return true;
    if (!node_is_string(node_get(deprecated, "reason"))) {
        answer_problem(rq, 422, "bad_patch", "deprecated needs a reason.");
        return false;
    }
    return check_length(rq, "The reason", node_get(deprecated, "reason"), 1000) &&
           check_length(rq, "The successor", node_get(deprecated, "successor"), 300);
}

void api_asset_patch(struct request *rq)
{
    struct db_arg args[6];
    struct node *patch;
    int64_t row_version;
    if (!request_if_match(rq, &row_version) || !request_json(rq, &patch) || !check_patch(rq, patch))
        return;
    api_asset_args(rq, args);
    args[3] = if_match_arg(rq, row_version);
    args[4] = db_text(node_to_json(rq->arena, patch));
    args[5] = principal_arg(rq);
    request_db(rq, SQL_ASSET_PATCH, args, 6, on_shape);
}

static void on_gone(struct request *rq, const struct db_result *r)
{
    if (fine(rq, r))
        answer_empty(rq, 204);
}

void api_asset_delete(struct request *rq)
{
    struct db_arg args[5];
    int64_t row_version;
    if (!request_if_match(rq, &row_version))
        return;
    api_asset_args(rq, args);
    args[3] = if_match_arg(rq, row_version);
    args[4] = principal_arg(rq);
    request_db(rq, SQL_ASSET_DELETE, args, 5, on_gone);
}

/* ---- versions */

void api_version_list(struct request *rq)
{
    struct db_arg args[5];
    unsigned limit;
    struct str cursor;
    if (!request_paging(rq, &limit, &cursor))
        return;
    api_asset_args(rq, args);
    args[3] = db_text(str_printf(rq->arena, "%u", limit));
    args[4] = db_text(cursor);
    request_db(rq, SQL_VERSION_LIST, args, 5, on_list);
}

static void version_args(struct request *rq, struct db_arg *args)
{
    api_asset_args(rq, args);
    args[3] = db_text(request_path_param(rq, "version"));
}

/* A version never changes but for being withdrawn, so its digest and that make the ETag. */
static void on_version(struct request *rq, const struct db_result *r)
{
    if (!fine(rq, r))
        return;
    struct str json = db_get(r, 0, 0);
    bool gone = str_find(json, STR("\"deleted_at\" : null")) < 0 && str_find(json, STR("\"deleted_at\":null")) < 0;
    answer_json(rq, 200, json, str_printf(rq->arena, "\"%.*s%s\"", STR_ARG(db_get(r, 0, 1)), gone ? "-withdrawn" : ""));
}

static void get_version(struct request *rq)
{
    struct db_arg args[4];
    version_args(rq, args);
    request_db(rq, SQL_VERSION_GET, args, 4, on_version);
}

static void on_pinned(struct request *rq, const struct db_result *r)
{
    if (r->status == OK && db_count(r) == 0)
        get_version(rq); /* says what it is that is not there */
    else
        on_version(rq, r);
}

void api_version_get(struct request *rq)
{
    uint8_t digest[SHA256_BYTES];
    struct db_arg args[4];
    if (!digest_parse(request_path_param(rq, "version"), digest)) {
        get_version(rq);
        return;
    }
    version_args(rq, args);
    request_db(rq, SQL_VERSION_PINNED, args, 4, on_pinned);
}

void api_version_delete(struct request *rq)
{
    struct db_arg args[6];
    int64_t row_version;
    if (!request_if_match(rq, &row_version))
        return;
    version_args(rq, args);
    args[4] = if_match_arg(rq, row_version);
    args[5] = principal_arg(rq);
    request_db(rq, SQL_VERSION_DELETE, args, 6, on_gone);
}

/* Bytes asked for by digest are the same for ever; by number or tag they are looked up again. */
static void cache_header(struct request *rq)
{
    uint8_t digest[SHA256_BYTES];
    bool pinned = digest_parse(request_path_param(rq, "version"), digest);
    answer_header(rq, "Cache-Control", pinned ? STR("public, max-age=31536000, immutable") : STR("no-cache"));
}

static struct str base_name(struct str path)
{
    ptrdiff_t slash = str_rfind_char(path, '/');
    return slash < 0 ? path : str_from(path, (size_t)slash + 1);
}

static void name_file(struct request *rq, struct str file_name)
{
    struct buf b;
    buf_init(&b, rq->arena, 0);
    buf_cstr(&b, "attachment; filename=\"");
    for (size_t i = 0; i < file_name.n; i++) {
        char c = file_name.p[i];
        buf_char(&b, c >= 0x20 && c < 0x7f && c != '"' && c != '\\' ? c : '_');
    }
    buf_char(&b, '"');
    answer_header(rq, "Content-Disposition", buf_take(&b));
}

static void on_content(struct request *rq, const struct db_result *r)
{
    if (!fine(rq, r))
        return;
    cache_header(rq);
    name_file(rq, base_name(db_get(r, 0, 2)));
    answer_bytes(rq, 200, STR("text/plain; charset=utf-8"), db_get(r, 0, 0), quoted(rq, db_get(r, 0, 1)));
}

void api_version_content(struct request *rq)
{
    struct db_arg args[4];
    version_args(rq, args);
    request_db(rq, SQL_VERSION_CONTENT, args, 4, on_content);
}

/* ---- download: the upload where it was a .tgz, else its files packed on a worker */

struct download {
    struct str version, digest, file_name, out;
    struct member *members;
    size_t count;
    struct err e;
};

static enum status pack_work(struct request *rq)
{
    struct download *d = rq->state;
    return package_download(rq->arena, d->members, d->count, &d->out, &d->e);
}

static void send_package(struct request *rq, const struct download *d, struct str bytes)
{
    cache_header(rq);
    name_file(rq, d->file_name);
    answer_bytes(rq, 200, STR("application/gzip"), bytes, str_printf(rq->arena, "\"tgz-%.*s\"", STR_ARG(d->digest)));
}

static void on_packed(struct request *rq, enum status s)
{
    struct download *d = rq->state;
    if (s == OK) {
        send_package(rq, d, d->out);
        return;
    }
    if (d->e.status == OK)
        err_set(&d->e, s, "not_packed", "The package cannot be packed.");
    answer_error(rq, &d->e, NULL);
}

static void on_members(struct request *rq, const struct db_result *r)
{
    struct download *d = rq->state;
    if (!fine(rq, r))
        return;
    d->count = db_count(r);
    d->members = arena_array_of(rq->arena, d->count, struct member);
    for (size_t i = 0; i < d->count; i++) {
        d->members[i].path = str_dup(rq->arena, db_get(r, i, 0));
        d->members[i].data = str_dup(rq->arena, db_get(r, i, 1));
    }
    request_work(rq, pack_work, on_packed);
}

static void on_package(struct request *rq, const struct db_result *r)
{
    if (!fine(rq, r))
        return;
    struct download *d = arena_new_of(rq->arena, struct download);
    d->digest = str_dup(rq->arena, db_get(r, 0, 2));
    d->file_name =
        str_printf(rq->arena, "%.*s-%.*s.tgz", STR_ARG(request_path_param(rq, "name")), STR_ARG(db_get(r, 0, 4)));
    if (str_is(db_get(r, 0, 0), "tgz")) {
        send_package(rq, d, db_get(r, 0, 1));
        return;
    }
    rq->state = d;
    struct db_arg args[1] = {db_text(str_dup(rq->arena, db_get(r, 0, 3)))};
    request_db(rq, SQL_VERSION_MEMBERS, args, 1, on_members);
}

void api_version_download(struct request *rq)
{
    struct db_arg args[4];
    version_args(rq, args);
    request_db(rq, SQL_VERSION_PACKAGE, args, 4, on_package);
}

/* ---- tags */

static void on_tagged(struct request *rq, const struct db_result *r)
{
    if (fine(rq, r))
        api_asset_get(rq);
}

void api_tag_put(struct request *rq)
{
    struct db_arg args[7];
    struct node *body;
    int64_t row_version;
    if (!request_if_match(rq, &row_version) || !request_json(rq, &body))
        return;
    if (!node_is_string(node_get(body, "version"))) {
        answer_problem(rq, 422, "bad_request", "The body must be {\"version\": \"…\"}.");
        return;
    }
    api_asset_args(rq, args);
    args[3] = db_text(request_path_param(rq, "tag"));
    args[4] = db_text(node_text_of(body, "version"));
    args[5] = if_match_arg(rq, row_version);
    args[6] = principal_arg(rq);
    request_db(rq, SQL_TAG_PUT, args, 7, on_tagged);
}

void api_tag_delete(struct request *rq)
{
    struct db_arg args[6];
    int64_t row_version;
    if (!request_if_match(rq, &row_version))
        return;
    api_asset_args(rq, args);
    args[3] = db_text(request_path_param(rq, "tag"));
    args[4] = if_match_arg(rq, row_version);
    args[5] = principal_arg(rq);
    request_db(rq, SQL_TAG_DELETE, args, 6, on_gone);
}
