/* component-hub import: publishes folders, each a package, straight into the database. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "hub/api/publish_plan.h"
#include "hub/api/resolve.h"
#include "hub/cli/cli.h"
#include "hub/cli/settings.h"
#include "pipeline-creator/compile/compile.h"

#define IMPORT_MAX_FOLDERS 10000
#define IMPORT_MAX_FILES   ARCHIVE_MAX_MEMBERS
#define IMPORT_MAX_ROUNDS  20

struct import {
    struct settings settings;
    struct db_sync *db;
    struct arena *arena; /* of one package */
    unsigned published, present, failed;
};

/* ---- one package: its folder as a .tgz, read as an upload would be */

static enum status add_file(struct import *im, const char *folder, struct str relative, struct member *out,
                            struct err *e)
{
    struct str path = str_printf(im->arena, "%s/%.*s", folder, STR_ARG(relative));
    out->path = relative;
    return file_read(im->arena, path.p, ARCHIVE_MAX_BYTES, &out->data, e);
}

static bool is_folder(struct arena *a, const char *path)
{
    struct str *names;
    size_t count;
    struct err e = {0};
    return dir_list(a, path, IMPORT_MAX_FOLDERS, &names, &count, &e) == OK;
}

/* Files of a package folder; folders inside it, such as samples/, one level deep. */
static enum status gather(struct import *im, const char *folder, struct str below, struct member *members,
                          size_t *count, struct err *e)
{
    struct arena *a = im->arena;
    struct str *names, place = below.n ? str_printf(a, "%s/%.*s", folder, STR_ARG(below)) : str_of(folder);
    size_t n;
    enum status s = dir_list(a, str_cstr(a, place), IMPORT_MAX_FILES, &names, &n, e);
    for (size_t i = 0; s == OK && i < n; i++) {
        struct str relative = below.n ? str_printf(a, "%.*s/%.*s", STR_ARG(below), STR_ARG(names[i])) : names[i];
        if (names[i].p[0] == '.')
            continue;
        if (*count == IMPORT_MAX_FILES)
            return err_set(e, ERR_LIMIT, "archive_too_many", "%s has more than %d files.", folder, IMPORT_MAX_FILES);
        if (is_folder(a, str_printf(a, "%s/%.*s", folder, STR_ARG(relative)).p)) {
            if (below.n == 0)
                s = gather(im, folder, relative, members, count, e);
            continue;
        }
        s = add_file(im, folder, relative, &members[*count], e);
        (*count)++;
    }
    return s;
}

static enum status read_folder(struct import *im, const char *folder, struct package *p, struct problems *ps,
                               struct err *e)
{
    struct member *members = arena_array_of(im->arena, IMPORT_MAX_FILES, struct member);
    size_t count = 0;
    struct str tgz;
    enum status s = gather(im, folder, STR(""), members, &count, e);
    if (s == OK)
        s = archive_pack_tgz(im->arena, members, count, &tgz, e);
    if (s == OK)
        s = package_read(im->arena, tgz, STR(""), NULL, p, ps, e);
    return s;
}

/* ---- references of a pipeline */

static enum status resolve(struct import *im, const struct compile_output *out, struct graph_known *known,
                           struct err *e)
{
    size_t count = out->missing_count;
    struct str *keys = arena_array_of(im->arena, count, struct str);
    struct db_arg args[RESOLVE_ARGS];
    struct db_result r;
    for (size_t i = 0; i < count; i++)
        keys[i] = out->missing[i].key;
    resolve_args(im->arena, keys, count, str_of(im->settings.namespace), args);
    enum status s = db_sync_run(im->db, SQL_RESOLVE, args, RESOLVE_ARGS, &r);
    if (s != OK)
        *e = r.e;
    for (size_t i = 0; s == OK && i < count; i++)
        known[i] = resolve_known(im->arena, &r, i, keys[i]);
    db_result_free(&r);
    return s;
}

static enum status check_pipeline(struct import *im, const struct package *p, struct compile_output *out, struct err *e)
{
    struct compile_input in = {.document = p->main};
    struct graph_known *known = NULL;
    size_t count = 0;
    for (unsigned round = 0; round < IMPORT_MAX_ROUNDS; round++) {
        in.known = known;
        in.known_count = count;
        *out = (struct compile_output){0};
        enum status s = compile_check(im->arena, &in, out, e);
        if (s != OK || out->missing_count == 0)
            return s;
        size_t size = sizeof *known;
        known = arena_grow(im->arena, known, count * size, (count + out->missing_count) * size);
        s = resolve(im, out, known + count, e);
        if (s != OK)
            return s;
        count += out->missing_count;
    }
    return err_set(e, ERR_LIMIT, "too_deep", "Pipelines are nested too deeply.");
}

/* ---- publishing */

static enum status store(struct import *im, const struct package *p, const struct publish_request *rq,
                         const struct publish_plan *plan, struct str lock, struct str refs, struct err *e)
{
    struct db_arg blobs[2], args[PUBLISH_ARGS];
    struct db_result r;
    publish_blobs(im->arena, p, blobs);
    enum status s = db_sync_run(im->db, SQL_BLOB_PUT_MANY, blobs, 2, &r);
    if (s != OK)
        *e = r.e;
    db_result_free(&r);
    if (s != OK)
        return s;
    publish_args(im->arena, p, rq, plan, lock, refs, 1, args);
    s = db_sync_run(im->db, SQL_PUBLISH, args, PUBLISH_ARGS, &r);
    if (s != OK)
        *e = r.e;
    db_result_free(&r);
    return s;
}

static enum status decide(struct import *im, const struct package *p, const struct publish_request *rq,
                          struct publish_plan *plan, struct err *e)
{
    struct db_arg args[PUBLISH_PREPARE_ARGS];
    struct db_result r;
    publish_prepare_args(im->arena, p, rq, args);
    enum status s = db_sync_run(im->db, SQL_PUBLISH_PREPARE, args, PUBLISH_PREPARE_ARGS, &r);
    if (s == OK)
        s = publish_decide(im->arena, p, rq, &r, plan, e);
    else
        *e = r.e;
    db_result_free(&r);
    return s;
}

static void say(const struct import *im, const char *verb, const char *folder, struct str detail)
{
    if (!im->settings.quiet)
        printf("%-9s %s  %.*s\n", verb, folder, STR_ARG(detail));
}

static enum status publish(struct import *im, const char *folder, struct problems *ps, struct err *e)
{
    struct package p;
    struct compile_output out = {0};
    struct publish_plan plan;
    struct str lock = STR_NONE, refs = STR_NONE;
    enum status s = read_folder(im, folder, &p, ps, e);
    if (s == OK && p.format == FORMAT_GRAPH) {
        s = check_pipeline(im, &p, &out, e);
        if (s != OK) {
            *ps = out.problems;
            return s;
        }
        lock = publish_lock_json(im->arena, &out);
        refs = publish_refs_json(im->arena, &out);
    }
    /* A folder's name is the asset's name: references in the catalog's pipelines rely on it. */
    ptrdiff_t slash = str_rfind_char(str_of(folder), '/');
    struct publish_request rq = {.namespace = str_of(im->settings.namespace),
                                 .name = str_from(str_of(folder), (size_t)(slash + 1)),
                                 .featured = true};
    if (s == OK)
        s = publish_request_check(&rq, e);
    if (s == OK)
        s = decide(im, &p, &rq, &plan, e);
    if (s != OK)
        return s;
    if (plan.same.p) {
        im->present++;
        return OK;
    }
    if (!im->settings.dry_run)
        s = store(im, &p, &rq, &plan, lock, refs, e);
    if (s == OK) {
        im->published++;
        say(im, im->settings.dry_run ? "would be" : "published", folder, plan.version);
    }
    return s;
}

struct folder_work {
    struct import *im;
    const char *folder;
    bool quiet; /* it will be tried again: say nothing of a failure */
    struct err e;
    struct problems problems;
};

static enum status publish_guarded(void *arg)
{
    struct folder_work *w = arg;
    problems_init(&w->problems, w->im->arena);
    enum status s = publish(w->im, w->folder, &w->problems, &w->e);
    if (s != OK && w->problems.errors > 0 && !w->quiet) {
        struct buf b;
        buf_init(&b, w->im->arena, 0);
        problems_text(&b, &w->problems, w->folder);
        struct str text = buf_take(&b);
        fprintf(stderr, "%.*s", STR_ARG(text));
    }
    return s;
}

static bool import_package(struct import *im, const char *folder, bool last_try)
{
    struct folder_work w = {.im = im, .folder = folder, .quiet = !last_try};
    im->arena = arena_new(0);
    enum status s = im->arena ? arena_guard(im->arena, publish_guarded, &w) : ERR_NOMEM;
    arena_free(im->arena);
    if (s == OK || !last_try)
        return s == OK;
    im->failed++;
    fprintf(stderr, "component-hub import: %s: %s\n", folder, w.e.message[0] ? w.e.message : "out of memory");
    if (w.e.hint[0])
        fprintf(stderr, "  %s\n", w.e.hint);
    return false;
}

/* ---- a tree of packages: <kind>s/<name>/ */

/* Components before the pipelines that refer to them. */
static const char *const order[] = {"components", "pipelines", "models", "notebooks", "operators", "datasets"};

/* Pipelines may refer to each other in any order, so what fails is tried again as long as others succeed. */
static void import_kind(struct import *im, struct arena *a, const char *folder)
{
    struct str *names;
    size_t count, left, before;
    struct err e = {0};
    if (dir_list(a, folder, IMPORT_MAX_FOLDERS, &names, &count, &e) != OK)
        return;
    const char **pending = arena_array_of(a, count, const char *);
    left = 0;
    for (size_t i = 0; i < count; i++) {
        const char *path = str_printf(a, "%s/%.*s", folder, STR_ARG(names[i])).p;
        if (is_folder(a, path))
            pending[left++] = path;
    }
    do {
        before = left;
        left = 0;
        for (size_t i = 0; i < before; i++) {
            if (!import_package(im, pending[i], false))
                pending[left++] = pending[i];
        }
    } while (left > 0 && left < before);
    for (size_t i = 0; i < left; i++)
        (void)import_package(im, pending[i], true);
}

struct tree_work {
    struct import *im;
    struct arena *a;
    const char *root;
};

static enum status import_tree(void *arg)
{
    struct tree_work *w = arg;
    bool tree = false;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        const char *folder = str_printf(w->a, "%s/%s", w->root, order[i]).p;
        if (is_folder(w->a, folder)) {
            tree = true;
            import_kind(w->im, w->a, folder);
        }
    }
    if (!tree)
        (void)import_package(w->im, w->root, true);
    return OK;
}

static int import_all(struct import *im)
{
    for (int i = 0; i < im->settings.rest_count; i++) {
        struct arena *a = arena_new(0);
        struct tree_work w = {im, a, im->settings.rest[i]};
        if (!a || arena_guard(a, import_tree, &w) != OK) {
            fprintf(stderr, "component-hub import: out of memory\n");
            im->failed++;
        }
        arena_free(a);
    }
    printf("%u published, %u there already, %u failed\n", im->published, im->present, im->failed);
    return im->failed ? 1 : 0;
}

int cli_import(int argc, char **argv)
{
    struct import im = {0};
    struct err e = {0};
    int code = settings_load(&im.settings, USE_IMPORT, "import", "DIR…",
                             "Publishes packages: a folder with <kind>.yaml, or a tree of them such as\n"
                             "catalog/starter with components/, pipelines/, models/, … What is there already stays.",
                             argc, argv);
    if (code >= 0)
        return code;
    if (im.settings.rest_count == 0) {
        fprintf(stderr, "component-hub import: name a folder; see component-hub import --help\n");
        return 2;
    }
    if (db_sync_open(im.settings.database, &im.db, &e) != OK) {
        fprintf(stderr, "component-hub import: %s\n", e.message);
        return 2;
    }
    code = import_all(&im);
    db_sync_close(im.db);
    return code;
}
