#include "hub/api/publish_plan.h"

#include <string.h>

#include "base/clock.h"

enum status publish_request_check(const struct publish_request *rq, struct err *e)
{
    if (!name_valid(rq->namespace)) {
        err_set(e, ERR_INVALID, "bad_namespace", "\"%.*s\" cannot be a namespace.", STR_ARG(rq->namespace));
        return err_hint(e, "Lower-case letters, digits and '-', beginning and ending with a letter or digit.");
    }
    if (rq->name.n && !name_valid(rq->name)) {
        err_set(e, ERR_INVALID, "bad_name", "\"%.*s\" cannot be a name.", STR_ARG(rq->name));
        return err_hint(e, "Lower-case letters, digits and '-', at most %d of them.", NAME_MAX_LENGTH);
    }
    if (rq->version.n && !version_valid(rq->version)) {
        err_set(e, ERR_INVALID, "bad_version", "\"%.*s\" cannot be a version.", STR_ARG(rq->version));
        return err_hint(e, "Such as 1.2.0: printable, without '/', '@' and spaces, not \"latest\" and no digest.");
    }
    return OK;
}

static struct str name_of(const struct package *p, const struct publish_request *rq)
{
    return rq->name.n ? rq->name : p->name;
}

void publish_prepare_args(struct arena *a, const struct package *p, const struct publish_request *rq,
                          struct db_arg args[PUBLISH_PREPARE_ARGS])
{
    args[0] = db_text(rq->namespace);
    args[1] = db_text(str_of(kind_name(p->kind)));
    args[2] = db_text(name_of(p, rq));
    args[3] = db_text(digest_text(a, p->main_digest));
    /* The version that the document names is asked for as well: it is taken when it is free. */
    args[4] = db_text(rq->version.n ? rq->version : version_valid(p->version) ? p->version : STR(""));
}

/* The same upload as a version that is there: its main file and, where either was packed, its package. */
static bool same_bytes(struct arena *a, const struct package *p, struct str json, struct str package_digest)
{
    if (!json.p)
        return false;
    if (p->packed == ARCHIVE_NONE)
        return package_digest.n == 0;
    return str_eq(package_digest, digest_text(a, p->package_digest));
}

static bool has_digest(struct arena *a, struct str version_json, const uint8_t digest[SHA256_BYTES])
{
    struct node *n;
    struct err e = {0};
    return node_parse_json(a, version_json, &n, &e) == OK && str_eq(node_text_of(n, "digest"), digest_text(a, digest));
}

static enum status decide_explicit(struct arena *a, const struct package *p, const struct publish_request *rq,
                                   const struct db_result *row, struct publish_plan *plan, struct err *e)
{
    struct str state = db_get(row, 0, 6), existing = db_get(row, 0, 7);
    plan->version = rq->version;
    if (state.n == 0)
        return OK;
    if (str_is(state, "live") && has_digest(a, existing, p->main_digest) &&
        same_bytes(a, p, existing, db_get(row, 0, 8))) {
        plan->same = str_dup(a, existing);
        return OK;
    }
    if (str_is(state, "tag"))
        return err_set(e, ERR_CONFLICT, "version_is_tag", "%.*s is the name of a tag of %.*s.", STR_ARG(rq->version),
                       STR_ARG(plan->name));
    if (str_is(state, "deleted"))
        return err_set(e, ERR_CONFLICT, "version_deleted", "Version %.*s of %.*s was withdrawn; its number stays used.",
                       STR_ARG(rq->version), STR_ARG(plan->name));
    err_set(e, ERR_CONFLICT, "version_exists", "Version %.*s of %.*s exists with other bytes.", STR_ARG(rq->version),
            STR_ARG(plan->name));
    return err_hint(e, "Versions are immutable: publish it as another version.");
}

static enum interface_change change_since(struct arena *a, const struct package *p, struct str interface_json)
{
    struct node *n;
    struct interface before;
    struct err e = {0};
    if (!interface_json.p || node_parse_json(a, interface_json, &n, &e) != OK ||
        interface_from_node(a, n, &before, &e) != OK)
        return INTERFACE_IDENTICAL;
    return interface_compare(&before, &p->interface);
}

static enum status decide_proposed(struct arena *a, const struct package *p, const struct publish_request *rq,
                                   const struct db_result *row, struct publish_plan *plan, struct err *e)
{
    struct str same = db_get(row, 0, 4);
    if (same_bytes(a, p, same, db_get(row, 0, 5))) {
        plan->same = str_dup(a, same);
        return OK;
    }
    enum interface_change change = change_since(a, p, db_get(row, 0, 3));
    if (db_get_bool(row, 0, 0) && rq->name.n == 0 && change != INTERFACE_IDENTICAL) {
        err_set(e, ERR_CONFLICT, "name_taken", "%.*s/%s/%.*s exists and has other inputs or outputs.",
                STR_ARG(rq->namespace), kind_name(p->kind), STR_ARG(plan->name));
        return err_hint(e, "Give a version to publish it there, or another name.");
    }
    bool free = version_valid(p->version) && db_get(row, 0, 6).n == 0;
    plan->version = free ? p->version : version_propose(a, plan->last, change);
    return OK;
}

enum status publish_decide(struct arena *a, const struct package *p, const struct publish_request *rq,
                           const struct db_result *row, struct publish_plan *plan, struct err *e)
{
    *plan = (struct publish_plan){.name = name_of(p, rq), .last = str_dup(a, db_get(row, 0, 1))};
    if (rq->version.n)
        return decide_explicit(a, p, rq, row, plan, e);
    return decide_proposed(a, p, rq, row, plan, e);
}

static struct str keywords_json(struct arena *a, const struct package *p)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json j = json_to(&b);
    json_array(&j);
    for (size_t i = 0; i < p->tag_count; i++)
        json_str(&j, p->tags[i]);
    json_array_end(&j);
    return buf_take(&b);
}

static struct str members_json(struct arena *a, const struct package *p)
{
    if (p->packed == ARCHIVE_NONE)
        return STR_NONE;
    struct buf b;
    buf_init(&b, a, 0);
    struct json j = json_to(&b);
    json_array(&j);
    for (size_t i = 0; i < p->member_count; i++) {
        json_object(&j);
        json_put_str(&j, "path", p->members[i].path);
        json_put_str(&j, "digest", str_cat(a, STR("sha256:"), sha256_hex(a, p->members[i].data)));
        json_put_int(&j, "size", (int64_t)p->members[i].data.n);
        json_object_end(&j);
    }
    json_array_end(&j);
    return buf_take(&b);
}

static struct str interface_text(struct arena *a, const struct package *p)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json j = json_to(&b);
    interface_json(&j, &p->interface);
    return buf_take(&b);
}

static struct str node_json_or(struct arena *a, const struct node *n, struct str otherwise)
{
    return n ? node_to_json(a, n) : otherwise;
}

void publish_args(struct arena *a, const struct package *p, const struct publish_request *rq,
                  const struct publish_plan *plan, struct str lock, struct str refs, int64_t principal,
                  struct db_arg args[PUBLISH_ARGS])
{
    struct str *t = arena_array_of(a, PUBLISH_ARGS, struct str);
    bool packed = p->packed != ARCHIVE_NONE;
    t[0] = rq->namespace;
    t[1] = str_of(kind_name(p->kind));
    t[2] = plan->name;
    t[3] = p->title;
    t[4] = p->description;
    t[5] = p->provider;
    t[6] = node_json_or(a, p->labels, STR("{}"));
    t[7] = keywords_json(a, p);
    t[8] = rq->featured && p->featured ? STR("true") : STR_NONE;
    t[9] = plan->version;
    t[10] = version_order_key(a, plan->version, clock_now_us());
    t[11] = version_is_prerelease(plan->version) ? STR("true") : STR("false");
    t[13] = p->main_path;
    t[14] = str_printf(a, "%zu", p->main.n);
    t[16] = p->packed == ARCHIVE_TGZ ? STR("tgz") : packed ? STR("zip") : STR("");
    t[17] = str_of(format_name(p->format));
    t[18] = STR(PARSER_REVISION);
    t[19] = interface_text(a, p);
    t[20] = node_json_or(a, p->facts, STR("{}"));
    t[21] = lock;
    t[22] = refs.p ? refs : STR("[]");
    t[23] = members_json(a, p);
    t[24] = p->search_text.p ? p->search_text : STR("");
    t[25] = plan->last.p ? plan->last : STR("");
    t[26] = str_printf(a, "%lld", (long long)principal);
    for (unsigned i = 0; i < PUBLISH_ARGS; i++)
        args[i] = db_text(t[i]);
    args[12] = db_bytes((struct str){(const char *)p->main_digest, SHA256_BYTES});
    if (packed)
        args[15] = db_bytes((struct str){(const char *)p->package_digest, SHA256_BYTES});
}

void publish_blobs(struct arena *a, const struct package *p, struct db_arg args[2])
{
    struct buf sizes, bytes;
    buf_init(&sizes, a, 0);
    buf_init(&bytes, a, ARCHIVE_MAX_BYTES + PACKAGE_MAX_BYTES);
    struct json j = json_to(&sizes);
    json_array(&j);
    for (size_t i = 0; i < p->member_count; i++) {
        json_int(&j, (int64_t)p->members[i].data.n);
        buf_str(&bytes, p->members[i].data);
    }
    if (p->packed != ARCHIVE_NONE) {
        json_int(&j, (int64_t)p->bytes.n);
        buf_str(&bytes, p->bytes);
    }
    json_array_end(&j);
    args[0] = db_text(buf_take(&sizes));
    args[1] = db_bytes(buf_take(&bytes));
}

/* ---- references of a pipeline, frozen */

struct str publish_lock_json(struct arena *a, const struct compile_output *out)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json j = json_to(&b);
    json_array(&j);
    for (size_t i = 0; i < out->lock_count; i++) {
        const struct graph_known *k = &out->lock[i];
        json_object(&j);
        json_put_str(&j, "key", k->key);
        json_put_str(&j, "namespace", k->namespace);
        json_put_str(&j, "name", k->name);
        json_put_str(&j, "version", k->version);
        json_put_str(&j, "digest", k->digest);
        json_object_end(&j);
    }
    json_array_end(&j);
    return buf_take(&b);
}

static const struct graph_known *lock_of(const struct compile_output *out, struct str digest)
{
    for (size_t i = 0; i < out->lock_count; i++) {
        if (str_eq(out->lock[i].digest, digest))
            return &out->lock[i];
    }
    return NULL;
}

struct str publish_refs_json(struct arena *a, const struct compile_output *out)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json j = json_to(&b);
    json_array(&j);
    for (size_t i = 0; i < out->task_count; i++) {
        const struct compile_task *t = &out->tasks[i];
        const struct graph_known *k = t->component_digest.n ? lock_of(out, t->component_digest) : NULL;
        if (!t->component_digest.n)
            continue;
        json_object(&j);
        json_put_str(&j, "task_path", t->path);
        json_put_str(&j, "digest", t->component_digest);
        if (k) {
            json_put_str(&j, "namespace", k->namespace);
            json_put_cstr(&j, "kind", k->is_pipeline ? "pipeline" : "component");
            json_put_str(&j, "name", k->name);
        }
        json_object_end(&j);
    }
    json_array_end(&j);
    return buf_take(&b);
}
