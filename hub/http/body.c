#include "hub/http/internal.h"

#include <stdio.h>

static struct str find(const struct param *list, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(list[i].name, name))
            return list[i].value;
    }
    return STR_NONE;
}

struct str request_path_param(const struct request *rq, const char *name)
{
    return find(rq->path_params, rq->path_param_count, str_of(name));
}

struct str request_query(const struct request *rq, const char *name)
{
    return find(rq->query, rq->query_count, str_of(name));
}

struct str request_header(const struct request *rq, const char *lower_case_name)
{
    return find(rq->headers, rq->header_count, str_of(lower_case_name));
}

struct str request_media_type(const struct request *rq)
{
    return media_type(request_header(rq, "content-type"));
}

struct str request_origin(const struct request *rq)
{
    return str_cat(rq->arena, STR("http://"), request_header(rq, "host"));
}

bool request_reading_open(const struct request *rq)
{
    return rq->hub->rules.loopback;
}

void *hub_app(const struct hub *hub)
{
    return hub->config.app;
}

bool request_json(struct request *rq, struct node **out)
{
    struct str type = request_media_type(rq);
    struct err e = {0};
    if (rq->body.n == 0) {
        answer_problem(rq, 400, "body_missing", "This needs a JSON object as its body.");
        return false;
    }
    if (type.n > 0 && !str_eq_nocase(type, STR("application/json")) && !str_ends(type, "+json")) {
        answer_problem(rq, 415, "media_type", "This takes application/json.");
        return false;
    }
    if (node_parse_json(rq->arena, rq->body, out, &e) != OK) {
        answer_error(rq, &e, NULL);
        return false;
    }
    if (!node_is_map(*out)) {
        answer_problem(rq, 400, "body_not_object", "The body has to be a JSON object, not a %s.", node_kind_name(*out));
        return false;
    }
    return true;
}

/* The boundary parameter of multipart/form-data; it may be quoted. */
static struct str boundary_of(struct str content_type)
{
    struct str rest = content_type, piece;
    while (str_split(&rest, ';', &piece)) {
        piece = str_trim(piece);
        if (!str_eq_nocase(str_sub(piece, 0, 9), STR("boundary=")))
            continue;
        struct str value = str_from(piece, 9);
        bool quoted = value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"';
        return quoted ? str_sub(value, 1, value.n - 2) : value;
    }
    return STR("");
}

bool request_form(struct request *rq, struct upload **out, size_t *count)
{
    struct str type = request_header(rq, "content-type");
    struct err e = {0};
    if (!str_eq_nocase(media_type(type), STR("multipart/form-data"))) {
        answer_problem(rq, 415, "media_type", "This takes multipart/form-data.");
        return false;
    }
    if (multipart_parse(rq->arena, rq->body, boundary_of(type), out, count, &e) != OK) {
        answer_error(rq, &e, NULL);
        return false;
    }
    return true;
}

bool request_upload(struct request *rq, struct upload *out)
{
    struct upload *parts;
    size_t count;
    *out = (struct upload){.data = rq->body, .content_type = request_header(rq, "content-type")};
    if (!str_eq_nocase(media_type(out->content_type), STR("multipart/form-data"))) {
        if (rq->body.n > 0)
            return true;
        answer_problem(rq, 400, "body_missing", "There is no file: send it as the body, or as multipart field 'file'.");
        return false;
    }
    if (!request_form(rq, &parts, &count))
        return false;
    const struct upload *file = NULL;
    for (size_t i = 0; i < count; i++) {
        /* 'uploadfile' is what the clients of MLX and KFP call it. */
        if (!str_is(parts[i].name, "file") && !str_is(parts[i].name, "uploadfile"))
            continue;
        if (file != NULL) {
            answer_problem(rq, 400, "file_twice", "The multipart body has more than one file; send one at a time.");
            return false;
        }
        file = &parts[i];
    }
    if (file == NULL || file->data.n == 0) {
        answer_problem(rq, 400, "file_missing", "The multipart body has no field 'file', or it is empty.");
        return false;
    }
    *out = *file;
    return true;
}

bool request_if_match(struct request *rq, int64_t *row_version)
{
    struct str text = str_trim(request_header(rq, "if-match"));
    if (text.n == 0) {
        answer_problem(rq, 428, "if_match_needed",
                       "A change has to say which state it means: send If-Match with the "
                       "ETag you have got, or '*' for whatever is there.");
        return false;
    }
    *row_version = -1;
    if (str_is(text, "*"))
        return true;
    bool quoted = text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"';
    if (quoted && str_i64(str_sub(text, 1, text.n - 2), row_version) && *row_version >= 0)
        return true;
    answer_problem(rq, 412, "stale", "If-Match names no state of this thing; read it again.");
    return false;
}

bool request_paging(struct request *rq, unsigned *limit, struct str *cursor)
{
    struct str text = request_query(rq, "limit");
    uint64_t n = 50;
    *cursor = request_query(rq, "cursor");
    if (cursor->n == 0)
        *cursor = STR_NONE;
    if (text.p != NULL && (!str_u64(text, &n) || n < 1 || n > 200)) {
        answer_problem(rq, 400, "bad_limit", "limit has to be a number from 1 to 200.");
        return false;
    }
    if (cursor->n > 1024) {
        answer_problem(rq, 400, "bad_cursor", "This is not a cursor that a page of this list gave out.");
        return false;
    }
    *limit = (unsigned)n;
    return true;
}
