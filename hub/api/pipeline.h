/*
 * Reading a pipeline out of a request and compiling it: the compiler says what it misses, the registry is asked, and
 * so on until nothing is missing. Used by compile, check, runs and publishing.
 */
#ifndef HUB_API_PIPELINE_H
#define HUB_API_PIPELINE_H

#include "hub/http/http.h"
#include "pipeline-creator/compile/compile.h"
#include "pipeline-creator/documents/documents.h"

#define PIPELINE_MAX_ROUNDS 20 /* of asking the registry: more than GRAPH_MAX_DEPTH */

/* Instead of compiling: the native document as text, or a drawing of it. */
enum pipeline_convert { PIPELINE_COMPILE, PIPELINE_WRITE, PIPELINE_DRAW };

struct pipeline_job {
    /* given */
    struct compile_input in;
    struct str namespace; /* where short references are looked up first */
    bool check_only;
    enum pipeline_convert convert;
    /* Called in the loop when the compiler has nothing more to ask; status is what it returned. */
    void (*done)(struct request *rq, struct pipeline_job *job);
    void *context; /* the caller's */
    /* outcome */
    enum status status; /* OK, or ERR_INVALID with out.problems, or another with e */
    struct err e;
    struct compile_output out;
    struct document document; /* of PIPELINE_WRITE and PIPELINE_DRAW, and their text */
    struct str converted;
    /* which stored version it is; empty for a bare document */
    struct str version_id, pipeline_name;
    /* inner */
    struct str pipeline; /* the reference asked for; empty for a bare document */
    struct node *lock;
    struct graph_known *known;
    size_t known_count, known_cap;
    unsigned rounds;
};

/*
 * From a body: application/yaml is a bare document, a JSON object has pipeline or document, parameters, options,
 * namespace. Answers the error itself and returns NULL when it is neither. *body is the JSON object or NULL.
 */
struct pipeline_job *pipeline_from_request(struct request *rq, struct node **body);
/* Resolves and compiles, then calls job->done. Database errors are answered here, and done is not called.
   With version_id set, the references mean what that version's lock says. */
void pipeline_start(struct request *rq, struct pipeline_job *job);

/* Whether the answer is JSON with problems rather than a bare text. */
bool pipeline_wants_json(struct request *rq);
/* Answers with the job's error: 422 with problems, or what e says. */
void pipeline_answer_error(struct request *rq, const struct pipeline_job *job);

#endif
