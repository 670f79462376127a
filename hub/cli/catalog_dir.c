#include "hub/cli/catalog_dir.h"

#include "base/digest.h"
#include "base/file.h"
#include "catalog/catalog.h"

#define NAMESPACE     "starter"
#define FIRST_VERSION "1.0.0" /* where the document names none, as when publishing */

struct folder_kind {
    const char *folder, *file;
    bool is_pipeline;
};

static void add(struct arena *a, struct catalog_dir *c, size_t *cap, struct graph_known one)
{
    if (c->count == *cap) {
        *cap = *cap ? *cap * 2 : 64;
        c->list = arena_grow(a, c->list, c->count * sizeof *c->list, *cap * sizeof *c->list);
    }
    c->list[c->count++] = one;
}

static struct str version_of(struct arena *a, struct str text)
{
    struct node *document = NULL;
    struct err e = {0};
    if (node_parse_yaml(a, text, &document, &e) != OK)
        return STR(FIRST_VERSION);
    struct str version =
        node_text(annotation_value(a, node_path(document, "metadata", "annotations", NULL), "version"));
    return version.n ? version : STR(FIRST_VERSION);
}

static enum status read_kind(struct arena *a, const char *root, const struct folder_kind *kind, struct catalog_dir *c,
                             size_t *cap, struct err *e)
{
    const char *folder = str_printf(a, "%s/%s", root, kind->folder).p;
    if (!file_exists(folder))
        return OK;
    struct str *names = NULL;
    size_t count = 0;
    enum status status = dir_list(a, folder, CATALOG_DIR_MAX_PACKAGES, &names, &count, e);
    for (size_t i = 0; status == OK && i < count; i++) {
        const char *path = str_printf(a, "%s/%.*s/%s", folder, STR_ARG(names[i]), kind->file).p;
        if (!name_valid(names[i]) || !file_exists(path))
            continue;
        struct str text = STR_NONE;
        status = file_read(a, path, PACKAGE_MAX_BYTES, &text, e);
        if (status != OK)
            break;
        add(a, c, cap,
            (struct graph_known){.key = str_printf(a, NAMESPACE "/%.*s", STR_ARG(names[i])),
                                 .found = true,
                                 .text = text,
                                 .namespace = STR(NAMESPACE),
                                 .name = names[i],
                                 .version = version_of(a, text),
                                 .digest = str_cat(a, STR("sha256:"), sha256_hex(a, text)),
                                 .is_pipeline = kind->is_pipeline});
    }
    return status;
}

enum status catalog_dir_open(struct arena *a, const char *const *folders, size_t count, struct catalog_dir *out,
                             struct err *e)
{
    /* components first: that is the order in which names resolve */
    static const struct folder_kind kinds[] = {{"components", "component.yaml", false},
                                               {"pipelines", "pipeline.yaml", true}};
    size_t cap = 0;
    *out = (struct catalog_dir){0};
    for (size_t i = 0; i < count; i++) {
        if (!file_exists(folders[i]))
            return err_set(e, ERR_NOT_FOUND, "no_catalog", "there is no folder %s", folders[i]);
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            enum status status = read_kind(a, folders[i], &kinds[k], out, &cap, e);
            if (status != OK)
                return status;
        }
    }
    return OK;
}

struct graph_known catalog_dir_find(const struct catalog_dir *c, struct str key)
{
    struct graph_known none = {.key = key};
    struct str rest = key, version = STR_NONE;
    ptrdiff_t at = str_rfind_char(rest, '@');
    if (at >= 0) {
        version = str_from(rest, (size_t)at + 1);
        rest = str_sub(rest, 0, (size_t)at);
    }
    if (str_starts(rest, NAMESPACE "/"))
        rest = str_from(rest, sizeof NAMESPACE);
    bool any = version.n == 0 || str_is(version, "latest");
    for (size_t i = 0; i < c->count; i++) {
        const struct graph_known *k = &c->list[i];
        bool by_name = str_eq(k->name, rest) && (any || str_eq(k->version, version) || str_eq(k->digest, version));
        if (!by_name && !str_eq(k->digest, key))
            continue;
        struct graph_known found = *k;
        found.key = key;
        return found;
    }
    return none;
}

enum status catalog_dir_compile(struct arena *a, const struct catalog_dir *c, struct compile_input *in, bool check,
                                struct compile_output *out, struct err *e)
{
    struct graph_known *known = NULL;
    size_t count = 0;
    /* Each turn answers all that is missing, and at most one level of nesting comes to light in each. */
    for (unsigned turn = 0; turn <= GRAPH_MAX_DEPTH; turn++) {
        in->known = known;
        in->known_count = count;
        enum status status = check ? compile_check(a, in, out, e) : compile_pipeline(a, in, out, e);
        if (out->missing_count == 0)
            return status;
        known = arena_grow(a, known, count * sizeof *known, (count + out->missing_count) * sizeof *known);
        for (size_t i = 0; i < out->missing_count; i++)
            known[count++] = catalog_dir_find(c, out->missing[i].key);
    }
    return err_set(e, ERR_LIMIT, "too_deep", "references nest too deeply");
}

void catalog_dir_lint(struct arena *a, const struct catalog_dir *c, struct str text, struct lint_options *options,
                      struct lint_report *out)
{
    lint_text(a, text, options, out);
    if (out->missing_count == 0 || c->count == 0)
        return;
    struct graph_known *known = arena_array_of(a, out->missing_count, struct graph_known);
    for (size_t i = 0; i < out->missing_count; i++)
        known[i] = catalog_dir_find(c, out->missing[i]);
    options->known = known;
    options->known_count = out->missing_count;
    lint_text(a, text, options, out);
}
