#include "catalog/main_file.h"

#include <stdio.h>
#include <string.h>

#include "catalog/check.h"
#include "catalog/recognise.h"
#include "catalog/text.h"

static bool out_of_memory(enum status s, const struct err *e)
{
    return s == ERR_NOMEM || strcmp(e->code, "memory_limit") == 0;
}

enum status file_documents(struct arena *a, struct str text, struct node ***out, size_t *count, struct err *e)
{
    enum status s = node_parse_yaml_stream(a, text, FILE_MAX_DOCUMENTS, out, count, e);
    struct str start = str_trim(text);
    if (s == OK || out_of_memory(s, e) || start.n == 0 || (start.p[0] != '{' && start.p[0] != '['))
        return s;
    struct err second = {0};
    struct node *document;
    enum status json = node_parse_json(a, text, &document, &second);
    if (out_of_memory(json, &second)) {
        *e = second;
        return json;
    }
    if (json != OK)
        return s; /* what the YAML reader said stands: it tells the place */
    *out = arena_array_of(a, 1, struct node *);
    (*out)[0] = document;
    *count = 1;
    return OK;
}

/* ---- folders */

static bool is_clutter(struct str path)
{
    return str_starts(path, "__MACOSX/") || str_starts(file_base(path), ".");
}

void members_strip_folder(struct arena *a, struct member *members, size_t count)
{
    struct str folder = STR_NONE;
    for (size_t i = 0; i < count; i++) {
        if (is_clutter(members[i].path))
            continue;
        ptrdiff_t slash = str_find_char(members[i].path, '/');
        struct str first = str_sub(members[i].path, 0, slash < 0 ? 0 : (size_t)slash + 1);
        if (first.n == 0 || (folder.n && !str_eq(folder, first)))
            return;
        folder = first;
    }
    const char *prefix = str_cstr(a, folder);
    for (size_t i = 0; folder.n && i < count; i++)
        if (str_starts(members[i].path, prefix))
            members[i].path = str_from(members[i].path, folder.n);
}

const struct member *member_find(const struct member *members, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(members[i].path, str_of(path)))
            return &members[i];
    return NULL;
}

static size_t depth_of(struct str path)
{
    size_t depth = 0;
    for (size_t i = 0; i < path.n; i++)
        depth += path.p[i] == '/';
    return depth;
}

/* ---- looking into members */

struct scan {
    struct arena *a; /* of its own, so that what is not the main file costs nothing later */
    struct str data;
    struct recognised found;
};

static enum status scan_guarded(void *arg)
{
    struct scan *scan = arg;
    struct node **documents;
    size_t count;
    struct err e = {0};
    enum status s = file_documents(scan->a, scan->data, &documents, &count, &e);
    return s ? s : recognise(documents, count, &scan->found, &e);
}

/* OK: an asset, or a part of an operator. ERR_NOT_FOUND: neither. ERR_NOMEM. */
static enum status scan_member(struct str data, struct recognised *out)
{
    struct scan scan = {.data = data, .found = {.format = FORMAT_COUNT}};
    *out = scan.found;
    if (!str_utf8(data))
        return ERR_NOT_FOUND;
    scan.a = arena_new(0);
    if (!scan.a)
        return ERR_NOMEM;
    enum status s = arena_guard(scan.a, scan_guarded, &scan);
    arena_free(scan.a);
    *out = scan.found;
    if (s == ERR_NOMEM)
        return s;
    return s == OK || out->has_crd || out->has_deployment ? OK : ERR_NOT_FOUND;
}

struct search {
    struct arena *a;
    const struct member *members;
    size_t count;
    const enum asset_kind *kind;
    struct recognised *found; /* by member; FORMAT_COUNT = not recognised */
    size_t *hits, hit_count;  /* at the least depth, of the wanted kind */
    size_t other, others;     /* the first that is of another kind; how many there are */
};

/* A graph is a component too, and the KFP SDK wraps a component as a pipeline: package_read() looks closer. */
static bool may_be(enum asset_format format, const enum asset_kind *kind)
{
    return !kind || format_kind(format) == *kind ||
           (*kind == KIND_COMPONENT && (format == FORMAT_GRAPH || format == FORMAT_KFP_IR));
}

static enum status search_depth(struct search *s, size_t depth)
{
    for (size_t i = 0; i < s->count; i++) {
        struct str path = s->members[i].path;
        if (depth_of(path) != depth || is_clutter(path))
            continue;
        enum status status = scan_member(s->members[i].data, &s->found[i]);
        if (status == ERR_NOMEM)
            return status;
        if (s->found[i].format == FORMAT_COUNT)
            continue;
        if (may_be(s->found[i].format, s->kind))
            s->hits[s->hit_count++] = i;
        else if (s->others++ == 0)
            s->other = i;
    }
    return OK;
}

/* Where a ClusterServiceVersion is among its CRDs, or a notebook's description beside the notebook, it is the main one.
 */
static bool prefer(struct search *s, enum asset_format wanted, enum asset_format beside)
{
    size_t n = 0, which = 0;
    for (size_t i = 0; i < s->hit_count; i++) {
        enum asset_format f = s->found[s->hits[i]].format;
        if (f == wanted) {
            n++;
            which = s->hits[i];
        } else if (f != beside) {
            return false;
        }
    }
    if (n != 1)
        return false;
    s->hits[0] = which;
    s->hit_count = 1;
    return true;
}

#define LISTED_MAX 8

static struct str list_paths(struct search *s, const size_t *which, size_t count)
{
    struct buf b;
    buf_init(&b, s->a, 4096);
    for (size_t i = 0; i < count && i < LISTED_MAX; i++) {
        struct str path = check_excerpt(s->a, s->members[which[i]].path);
        buf_cstr(&b, i ? ", " : "");
        buf_str(&b, path);
    }
    if (count > LISTED_MAX)
        buf_printf(&b, " and %zu more", count - LISTED_MAX);
    return buf_take(&b);
}

static enum status ambiguous(struct search *s, const size_t *which, size_t count, struct err *e)
{
    struct str list = list_paths(s, which, count);
    err_set(e, ERR_INVALID, "main_ambiguous", "several files may be the asset: %.*s", STR_ARG(list));
    return err_hint(e, "name the one that is meant <kind>.yaml, at the root; or say which kind is published");
}

/* Names serve for messages only. */
static bool may_be_meant(struct str path)
{
    static const char *const endings[] = {".yaml", ".yml", ".json", ".pipeline", ".ipynb"};
    struct str base = file_base(path);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (str_ends(base, endings[i]) && !is_clutter(path))
            return true;
    return false;
}

static enum status missing(struct search *s, struct main_file *out, struct err *e)
{
    size_t *which = arena_array_of(s->a, s->count, size_t), n = 0;
    for (size_t i = 0; i < s->count; i++)
        if (may_be_meant(s->members[i].path))
            which[n++] = i;
    if (n == 1) {
        out->index = which[0];
        return OK;
    }
    struct str list = list_paths(s, which, n);
    if (n)
        err_set(e, ERR_INVALID, "main_missing", "no file in the archive is an asset; looked at %.*s", STR_ARG(list));
    else
        err_set(e, ERR_INVALID, "main_missing",
                "no file in the archive is an asset: none is YAML, JSON, a .pipeline or a "
                "notebook");
    return err_hint(e, "the main file is <kind>.yaml at the root, or the only asset at the least depth");
}

/* CRDs in some files and the Deployment in another make an operator; the Deployment's file is the main one. */
static bool find_parts(struct search *s, struct main_file *out)
{
    bool crd = false, deployment = false, *parts = arena_array_of(s->a, s->count, bool);
    for (size_t i = 0; i < s->count; i++) {
        crd = crd || s->found[i].has_crd;
        if (s->found[i].has_deployment && !deployment) {
            deployment = true;
            out->index = i;
        } else {
            parts[i] = s->found[i].has_crd || s->found[i].has_deployment;
        }
    }
    out->parts = parts;
    return crd && deployment;
}

/* <kind>.yaml or .yml at the root, for the wanted kind or for any. */
static size_t find_named(struct search *s)
{
    size_t n = 0;
    for (unsigned k = 0; k < KIND_COUNT; k++) {
        for (size_t i = 0; i < s->count && (!s->kind || *s->kind == k); i++) {
            struct str path = s->members[i].path, name = str_of(kind_name((enum asset_kind)k));
            struct str ending = str_from(path, name.n);
            if (str_eq(str_sub(path, 0, name.n), name) && (str_is(ending, ".yaml") || str_is(ending, ".yml")))
                s->hits[n++] = i;
        }
    }
    return n;
}

static enum status search_all(struct search *s, struct main_file *out, struct err *e)
{
    size_t deepest = 0;
    for (size_t i = 0; i < s->count; i++)
        deepest = depth_of(s->members[i].path) > deepest ? depth_of(s->members[i].path) : deepest;
    for (size_t depth = 0; depth <= deepest && s->hit_count == 0; depth++) {
        if (search_depth(s, depth) != OK)
            return err_set(e, ERR_NOMEM, "out_of_memory", "there is not enough memory to look into the archive");
    }
    if (s->hit_count > 1 && !prefer(s, FORMAT_MLX_NOTEBOOK, FORMAT_IPYNB))
        (void)prefer(s, FORMAT_OLM_BUNDLE, FORMAT_MANIFESTS);
    out->index = s->hits[0];
    if (s->hit_count == 1)
        return OK;
    if (s->hit_count > 1)
        return ambiguous(s, s->hits, s->hit_count, e);
    if (find_parts(s, out) && may_be(FORMAT_MANIFESTS, s->kind))
        return OK;
    out->parts = NULL;
    if (s->others) {
        out->index = s->other;
        return OK;
    }
    return missing(s, out, e);
}

enum status main_file_find(struct arena *a, const struct member *members, size_t count, const enum asset_kind *kind,
                           struct main_file *out, struct err *e)
{
    struct search s = {.a = a, .members = members, .count = count, .kind = kind};
    *out = (struct main_file){0};
    if (count == 0)
        return err_set(e, ERR_INVALID, "main_missing", "the archive holds no files");
    s.found = arena_array_of(a, count, struct recognised);
    s.hits = arena_array_of(a, 2 * count, size_t);
    for (size_t i = 0; i < count; i++)
        s.found[i].format = FORMAT_COUNT;
    size_t named = find_named(&s);
    if (named > 1)
        return ambiguous(&s, s.hits, named, e);
    if (named == 1) {
        out->index = s.hits[0];
        return OK;
    }
    return search_all(&s, out, e);
}
