/*
 * The browser application: a table of files, read at start and served from memory. Nothing but the table is ever
 * looked up, so no path of a request reaches the file system.
 */
#include "hub/http/internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"

#define FILES_MAX 2000
#define BYTES_MAX ((size_t)64 << 20)
#define DEPTH_MAX 8

struct static_file {
    struct str path; /* "/assets/app-X1Y2Z3A4.js" */
    struct str type, bytes, etag;
    struct str gzip, brotli; /* what stands beside it as .gz and .br, if smaller */
    bool immutable;
};

struct static_table {
    struct static_file *files; /* by path */
    size_t count;
};

struct loading {
    struct arena *a;
    struct static_table *table;
    size_t bytes;
    struct err *e;
};

static struct str type_of(struct str path)
{
    static const struct {
        const char *ending, *type;
    } types[] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".mjs", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".map", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".webp", "image/webp"},
        {".woff2", "font/woff2"},
        {".txt", "text/plain; charset=utf-8"},
        {".yaml", "application/yaml"},
        {".webmanifest", "application/manifest+json"},
        {".md", "text/markdown; charset=utf-8"},
        {".wasm", "application/wasm"},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (str_ends(path, types[i].ending))
            return str_of(types[i].type);
    }
    return STR("application/octet-stream");
}

/* "name-X1Y2Z3A4.ext" as esbuild writes it: eight digits or capitals after the last dash. Then the name changes with
   the content, and it may be kept for ever. */
static bool has_content_hash(struct str path)
{
    struct str name = str_from(path, (size_t)(str_rfind_char(path, '/') + 1));
    ptrdiff_t dash = str_rfind_char(name, '-');
    struct str rest = dash < 0 ? STR("") : str_from(name, (size_t)dash + 1);
    size_t n = 0;
    while (n < rest.n && ((rest.p[n] >= 'A' && rest.p[n] <= 'Z') || (rest.p[n] >= '0' && rest.p[n] <= '9')))
        n++;
    return n == 8 && rest.n > n && rest.p[n] == '.';
}

static enum status add_file(struct loading *l, struct str path, const char *real, size_t size)
{
    struct static_table *t = l->table;
    if (t->count == FILES_MAX || l->bytes + size > BYTES_MAX)
        return err_set(l->e, ERR_LIMIT, "static_too_large",
                       "The folder of the application has over %d files or %zu MiB.", FILES_MAX, BYTES_MAX >> 20);
    struct static_file f = {.path = str_dup(l->a, path), .type = type_of(path), .immutable = has_content_hash(path)};
    enum status s = file_read(l->a, real, BYTES_MAX, &f.bytes, l->e);
    if (s != OK)
        return s;
    f.etag = str_printf(l->a, "\"%.*s\"", 32, sha256_hex(l->a, f.bytes).p);
    l->bytes += f.bytes.n;
    t->files[t->count++] = f;
    return OK;
}

static enum status add_folder(struct loading *l, struct str path, const char *real, unsigned depth)
{
    struct str *names;
    size_t count;
    if (depth > DEPTH_MAX)
        return err_set(l->e, ERR_LIMIT, "static_too_deep", "%s is more than %d folders deep.", real, DEPTH_MAX);
    enum status s = dir_list(l->a, real, FILES_MAX, &names, &count, l->e);
    for (size_t i = 0; i < count && s == OK; i++) {
        struct stat st;
        struct str below = str_printf(l->a, "%.*s/%.*s", STR_ARG(path), STR_ARG(names[i]));
        const char *file = str_cstr(l->a, str_printf(l->a, "%s/%.*s", real, STR_ARG(names[i])));
        if (names[i].p[0] == '.' || lstat(file, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            s = add_folder(l, below, file, depth + 1);
        else if (S_ISREG(st.st_mode)) /* links are left out: they could lead anywhere */
            s = add_file(l, below, file, (size_t)st.st_size);
    }
    return s;
}

static int compare(const void *x, const void *y)
{
    const struct static_file *a = x, *b = y;
    return str_cmp(a->path, b->path);
}

static struct static_file *find(const struct static_table *t, struct str path)
{
    const struct static_file key = {.path = path};
    return t == NULL || t->count == 0 ? NULL : bsearch(&key, t->files, t->count, sizeof *t->files, compare);
}

enum status static_load(struct hub *hub, const char *dir, struct err *e)
{
    struct static_table *t = arena_new_of(hub->arena, struct static_table);
    t->files = arena_array_of(hub->arena, FILES_MAX, struct static_file);
    struct loading l = {hub->arena, t, 0, e};
    enum status s = add_folder(&l, STR(""), dir, 0);
    if (s != OK)
        return s;
    qsort(t->files, t->count, sizeof *t->files, compare);
    for (size_t i = 0; i < t->count; i++) {
        struct static_file *f = &t->files[i];
        const struct static_file *gz = find(t, str_cat(hub->arena, f->path, STR(".gz")));
        const struct static_file *br = find(t, str_cat(hub->arena, f->path, STR(".br")));
        f->gzip = gz != NULL && gz->bytes.n < f->bytes.n ? gz->bytes : STR_NONE;
        f->brotli = br != NULL && br->bytes.n < f->bytes.n ? br->bytes : STR_NONE;
    }
    if (find(t, STR("/index.html")) == NULL)
        log_warn("the application's folder has no index.html", LOG_C("folder", dir));
    hub->files = t;
    return OK;
}

/* True when the list names the coding, without "q=0". */
static bool accepts(struct str accept_encoding, const char *coding)
{
    struct str rest = accept_encoding, piece;
    while (str_split(&rest, ',', &piece)) {
        ptrdiff_t semicolon = str_find_char(piece, ';');
        struct str name = str_trim(semicolon < 0 ? piece : str_sub(piece, 0, (size_t)semicolon));
        struct str weight = semicolon < 0 ? STR("") : str_trim(str_from(piece, (size_t)semicolon + 1));
        if (str_eq_nocase(name, str_of(coding)))
            return !str_is(weight, "q=0") && !str_is(weight, "q=0.0") && !str_is(weight, "q=0.00") &&
                   !str_is(weight, "q=0.000");
    }
    return false;
}

static void send_file(struct exchange *ex, const struct static_file *f)
{
    struct request *rq = &ex->rq;
    struct str accept = request_header(rq, "accept-encoding");
    struct answer a = {200, f->type, f->bytes, f->etag};
    ex->page = PAGE_APPLICATION;
    if (f->gzip.p != NULL || f->brotli.p != NULL) {
        const char *coding = f->brotli.p != NULL && accepts(accept, "br")   ? "br"
                             : f->gzip.p != NULL && accepts(accept, "gzip") ? "gzip"
                                                                            : NULL;
        answer_header(rq, "Vary", STR("Accept-Encoding"));
        if (coding != NULL) {
            a.body = strcmp(coding, "br") == 0 ? f->brotli : f->gzip;
            /* Other bytes, so another tag. */
            a.etag = str_printf(ex->out, "%.*s-%s\"", STR_ARG(str_sub(f->etag, 0, f->etag.n - 1)), coding);
            answer_header(rq, "Content-Encoding", str_of(coding));
        }
    }
    if (f->immutable)
        answer_header(rq, "Cache-Control", STR("public, max-age=31536000, immutable"));
    exchange_answer(ex, &a);
}

static bool is_service_path(struct str path)
{
    static const char *const prefixes[] = {"/api/", "/apis/", "/v2/", "/healthz", "/readyz", "/metrics"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (str_starts(path, prefixes[i]))
            return true;
    }
    return str_is(path, "/api") || str_is(path, "/apis") || str_is(path, "/v2");
}

/* The application draws its own addresses, such as /components/default/x, so a page load of one gets index.html. */
bool static_serve(struct exchange *ex)
{
    struct request *rq = &ex->rq;
    const struct static_table *t = rq->hub->files;
    const struct static_file *f = find(t, str_is(rq->path, "/") ? STR("/index.html") : rq->path);
    bool page_load = str_find(request_header(rq, "accept"), STR("text/html")) >= 0;
    if (f == NULL && page_load && !is_service_path(rq->path))
        f = find(t, STR("/index.html"));
    if (f == NULL)
        return false;
    send_file(ex, f);
    return true;
}

void static_openapi(struct request *rq)
{
    const struct static_file *f = find(rq->hub->files, STR("/openapi.yaml"));
    if (f == NULL)
        answer_problem(rq, 404, "not_found", "This hub was started without the folder that has openapi.yaml.");
    else
        answer_kept(rq, 200, f->type, f->bytes, f->etag);
}
