/* References of documents, as SQL_RESOLVE takes and answers them. Shared by the API and by `component-hub import`. */
#ifndef HUB_API_RESOLVE_H
#define HUB_API_RESOLVE_H

#include "pipeline-creator/graph/graph.h"
#include "registry/db.h"

/* Columns of SQL_RESOLVE. */
enum {
    RESOLVE_KEY,
    RESOLVE_FOUND,
    RESOLVE_TEXT,
    RESOLVE_NAMESPACE,
    RESOLVE_KIND,
    RESOLVE_NAME,
    RESOLVE_VERSION,
    RESOLVE_DIGEST,
    RESOLVE_DEPRECATED,
    RESOLVE_FORMAT,
    RESOLVE_VERSION_ID
};
#define RESOLVE_ARGS 2

/* Arguments of SQL_RESOLVE for keys as they stand in a document of that namespace. */
void resolve_args(struct arena *a, const struct str *keys, size_t count, struct str namespace,
                  struct db_arg args[RESOLVE_ARGS]);
/* A row of its answer, for the compiler; key is what the document says. Copies. */
struct graph_known resolve_known(struct arena *a, const struct db_result *r, size_t row, struct str key);

#endif
