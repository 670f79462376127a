/*
 * What publishing a package means given what the registry has: which version it becomes, whether it is there already,
 * or why it cannot be. Shared by the API and by `component-hub import`. Pure.
 */
#ifndef HUB_API_PUBLISH_PLAN_H
#define HUB_API_PUBLISH_PLAN_H

#include "catalog/catalog.h"
#include "pipeline-creator/compile/compile.h"
#include "registry/db.h"

/* Rises when the readers of catalog/ give more than before, so that stored versions can be read afresh. */
#define PARSER_REVISION "2"

struct publish_request {
    struct str namespace; /* never empty */
    struct str name;      /* as asked for; empty = from the title */
    struct str version;   /* as asked for; empty = proposed */
    bool featured;        /* believe the package when it says that it is featured */
};

struct publish_plan {
    struct str name, version; /* what it becomes */
    struct str last;          /* highest SemVer so far: the guard against races */
    struct str same;          /* JSON of the version that has these bytes already; p = NULL when there is none */
};

#define PUBLISH_PREPARE_ARGS 5
#define PUBLISH_ARGS         27

/* Checks the names of a request by themselves; ERR_INVALID bad_namespace, bad_name, bad_version. */
MUST_USE enum status publish_request_check(const struct publish_request *rq, struct err *e);
/* Arguments of SQL_PUBLISH_PREPARE. */
void publish_prepare_args(struct arena *a, const struct package *p, const struct publish_request *rq,
                          struct db_arg args[PUBLISH_PREPARE_ARGS]);
/* Reads its row. ERR_CONFLICT version_exists, version_deleted, version_is_tag, name_taken. */
MUST_USE enum status publish_decide(struct arena *a, const struct package *p, const struct publish_request *rq,
                                    const struct db_result *row, struct publish_plan *plan, struct err *e);
/* Arguments of SQL_PUBLISH. lock and refs are JSON or STR_NONE. */
void publish_args(struct arena *a, const struct package *p, const struct publish_request *rq,
                  const struct publish_plan *plan, struct str lock, struct str refs, int64_t principal,
                  struct db_arg args[PUBLISH_ARGS]);
/* Sizes and bytes for SQL_BLOB_PUT_MANY: the main file, the members, and the package when it was packed. */
void publish_blobs(struct arena *a, const struct package *p, struct db_arg args[2]);

/* [{key, namespace, name, version, digest}]: what a pipeline's references resolved to, frozen with its version. */
struct str publish_lock_json(struct arena *a, const struct compile_output *out);
/* [{task_path, digest, namespace, kind, name}]: which assets it uses. */
struct str publish_refs_json(struct arena *a, const struct compile_output *out);

#endif
