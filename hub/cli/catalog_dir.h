/*
 * Components and pipelines from folders, for the command line without a hub: DIR/components/<name>/component.yaml and
 * DIR/pipelines/<name>/pipeline.yaml, as in catalog/starter. They resolve as "<name>", "starter/<name>", both with
 * "@<version>" or "@latest", and by digest; earlier folders come first.
 */
#ifndef HUB_CLI_CATALOG_DIR_H
#define HUB_CLI_CATALOG_DIR_H

#include "pipeline-creator/compile/compile.h"
#include "pipeline-creator/tekton/lint.h"

#define CATALOG_DIR_MAX_PACKAGES 10000 /* of one kind in one folder */

struct catalog_dir {
    struct graph_known *list; /* all that was found; key = "starter/<name>" */
    size_t count;
};

/* Reads all packages of the folders; blocks. What is no package is passed over; a folder that cannot be read is an
   error. Everything lives in the arena. */
MUST_USE enum status catalog_dir_open(struct arena *a, const char *const *folders, size_t count,
                                      struct catalog_dir *out, struct err *e);
/* What a reference stands for; found = false where nothing does. */
struct graph_known catalog_dir_find(const struct catalog_dir *c, struct str key);
/* compile_pipeline (or compile_check), again and again until nothing is missing. in->known is overwritten. */
MUST_USE enum status catalog_dir_compile(struct arena *a, const struct catalog_dir *c, struct compile_input *in,
                                         bool check, struct compile_output *out, struct err *e);
/* lint_text, and again when something was missing. options->known is overwritten. */
void catalog_dir_lint(struct arena *a, const struct catalog_dir *c, struct str text, struct lint_options *options,
                      struct lint_report *out);

#endif
