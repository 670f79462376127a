/* What `compile`, `convert` and `run` have in common: a document, folders that know its references, parameters. */
#ifndef HUB_CLI_DOCUMENT_H
#define HUB_CLI_DOCUMENT_H

#include "base/problem.h"

#define DOCUMENT_MAX_CATALOGS 16

struct document_args {
    const char *command; /* "compile", "convert" or "run", for messages */
    struct arena *a;
    const char *file; /* "-" is standard input */
    const char *catalogs[DOCUMENT_MAX_CATALOGS];
    size_t catalog_count;
    struct node *parameters; /* map name → text */
};

/* All of these say what is wrong on standard error and return the exit code, 0 to go on. */
int document_usage_error(const struct document_args *d, const char *message, const char *what);
int document_param(struct document_args *d, const char *text); /* NAME=VALUE */
int document_catalog(struct document_args *d, const char *folder);
/* The one file that has to be left at `from`. */
int document_file(struct document_args *d, int argc, char **argv, int from);
void document_problems(const struct document_args *d, const struct problems *ps);
int document_cannot(const struct err *e); /* says what stands in the way; 2 */
int document_print(struct str text);      /* on standard output; 2 when that does not take it */
/* Calls work with arena and parameters made, within the arena's guard, and frees it; gives the exit code. */
int document_command(struct document_args *d, int (*work)(struct document_args *d));

#endif
