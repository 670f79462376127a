/*
 * Pipelines of other programs as native documents (DESIGN §4), and native documents as text and drawings. Pure: no
 * I/O, no clock, the same bytes for the same input; all memory in one arena, called within arena_guard.
 *
 * What a format can say and the native form cannot is not dropped: it is kept in the annotation
 * `component-hub.dev/tekton` (of the pipeline's metadata and of tasks), which compiling merges back, or it is a problem
 * `not_carried` with its place. Nodes of the result have the lines and columns of what they come from.
 */
#ifndef PIPELINE_CREATOR_DOCUMENTS_H
#define PIPELINE_CREATOR_DOCUMENTS_H

#include "base/node.h"
#include "base/problem.h"

#define DOCUMENTS_MAX 100 /* in one stream: a Pipeline or PipelineRun with the Tasks that it refers to */

enum document_format {
    DOCUMENT_OTHER,  /* none of those below; given back as it is, for others to refuse with a better reason */
    DOCUMENT_NATIVE, /* ComponentSpec with implementation.graph */
    DOCUMENT_TEKTON, /* Pipeline or PipelineRun of tekton.dev/v1 or v1beta1 */
    DOCUMENT_ELYRA   /* .pipeline of the pipeline-flow schema 3.0 */
};

/* "native", "tekton", "elyra", "other" */
const char *document_format_name(enum document_format format);

struct document {
    enum document_format format; /* what it was */
    const struct node *native;   /* NULL when it cannot be read or is not understood */
};

/*
 * Reads a text: YAML or JSON, of Tekton's formats also a stream in which the last PipelineRun, else the last Pipeline,
 * is the document, and Tasks and Pipelines stand for what it refers to by name. ERR_INVALID when ps has new errors.
 */
MUST_USE enum status document_read(struct arena *a, struct str text, struct document *out, struct problems *ps,
                                   struct err *e);
/* The same for trees that are read already. Parts of them are used in the result, which must not be changed then. */
MUST_USE enum status document_from_trees(struct arena *a, const struct node *const *trees, size_t count,
                                         struct document *out, struct problems *ps, struct err *e);

/* Adds the error unsupported_format when it was none of the formats above. */
MUST_USE enum status document_require(const struct document *document, struct problems *ps, struct err *e);

/* The text of a native document. What it writes reads back equal, scalars as the texts that were typed. */
struct str document_write(struct arena *a, const struct node *native);

/*
 * A drawing of the graph as SVG 1.1: tasks, inputs, outputs, edges with arrows; conditions, loops and exit handlers
 * marked; light and dark by prefers-color-scheme; title and desc for screen readers. No scripts, fonts or links; texts
 * are escaped. Needs no references resolved and takes documents with errors: what it does not understand is not drawn.
 * Of more than DRAW_MAX_TASKS tasks it draws the first ones and says so. Empty when it would be over 64 MiB.
 */
#define DRAW_MAX_TASKS 5000
struct str document_draw(struct arena *a, const struct node *native);

#endif
