/* The forms that `lint` writes its findings in. */
#ifndef HUB_CLI_LINT_PRINT_H
#define HUB_CLI_LINT_PRINT_H

#include "pipeline-creator/tekton/lint.h"

enum lint_format { LINT_TEXT, LINT_JSON, LINT_SARIF, LINT_GITHUB, LINT_FORMATS };

/* What is written grows file by file, so that the memory of one can go before the next is read. */
struct lint_printer {
    enum lint_format format;
    struct buf out;
    struct json json; /* of `out` */
};

/* LINT_FORMATS when there is no such format. */
enum lint_format lint_format_named(const char *name);
void lint_print_begin(struct lint_printer *p, struct arena *a, enum lint_format format);
void lint_print_file(struct lint_printer *p, const char *file, const struct lint_report *report);
void lint_print_end(struct lint_printer *p);

#endif
