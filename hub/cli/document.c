#include "hub/cli/document.h"

#include <stdio.h>
#include <string.h>

int document_usage_error(const struct document_args *d, const char *message, const char *what)
{
    fprintf(stderr, "component-hub: %s%s\n", message, what);
    fprintf(stderr, "component-hub %s --help shows the options\n", d->command);
    return 2;
}

int document_param(struct document_args *d, const char *text)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return document_usage_error(d, "--param needs NAME=VALUE, not ", text);
    node_set(d->a, d->parameters, (struct str){text, (size_t)(equals - text)}, node_cstr(d->a, equals + 1));
    return 0;
}

int document_catalog(struct document_args *d, const char *folder)
{
    if (d->catalog_count == DOCUMENT_MAX_CATALOGS)
        return document_usage_error(d, "too many --catalog: ", folder);
    d->catalogs[d->catalog_count++] = folder;
    return 0;
}

int document_file(struct document_args *d, int argc, char **argv, int from)
{
    if (from + 1 != argc)
        return document_usage_error(d, from == argc ? "which file?" : "one file at a time", "");
    d->file = argv[from];
    return 0;
}

void document_problems(const struct document_args *d, const struct problems *ps)
{
    struct buf b;
    buf_init(&b, d->a, 0);
    problems_text(&b, ps, strcmp(d->file, "-") == 0 ? "<stdin>" : d->file);
    struct str text = buf_take(&b);
    fwrite(text.p, 1, text.n, stderr);
}

int document_cannot(const struct err *e)
{
    fprintf(stderr, "component-hub: %s\n", e->message);
    if (e->hint[0])
        fprintf(stderr, "    hint: %s\n", e->hint);
    return 2;
}

int document_print(struct str text)
{
    if (fwrite(text.p, 1, text.n, stdout) == text.n && fflush(stdout) == 0)
        return 0;
    perror("component-hub: standard output");
    return 2;
}

struct guarded {
    struct document_args *d;
    int (*work)(struct document_args *d);
    int exit_code;
};

static enum status guarded(void *arg)
{
    struct guarded *g = arg;
    g->d->parameters = node_map(g->d->a);
    g->exit_code = g->work(g->d);
    return OK;
}

int document_command(struct document_args *d, int (*work)(struct document_args *d))
{
    struct guarded g = {.d = d, .work = work};
    d->a = arena_new(0);
    if (!d->a) {
        fputs("component-hub: out of memory\n", stderr);
        return 2;
    }
    if (arena_guard(d->a, guarded, &g) != OK) {
        fputs("component-hub: the document needs more memory than there is\n", stderr);
        g.exit_code = 2;
    }
    arena_free(d->a);
    return g.exit_code;
}
