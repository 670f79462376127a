/*
 * The linter: what Tekton's admission webhook would say of each document of a text (admit.h), with line and column, and
 * what we see beyond that. No cluster, no network: what a hub could tell of the documents' references is `missing`, the
 * caller fetches and asks again.
 *
 * Codes of ours, which change no verdict of Tekton's, are in pipeline-creator/tekton/README.md. A text that cannot be
 * read has the codes of base/node.h; yaml_duplicate_key among them is ours alone, since Tekton's reader lets the last
 * one win.
 */
#ifndef PIPELINE_CREATOR_TEKTON_LINT_H
#define PIPELINE_CREATOR_TEKTON_LINT_H

#include "base/problem.h"
#include "pipeline-creator/tekton/admit.h"

#define LINT_MAX_DOCUMENTS 1000
#define LINT_MAX_LOOKUPS   200 /* different references that are looked up; what is beyond is like what nobody knows */

struct graph_known;
struct lint_lookup;

struct lint_options {
    enum tekton_gate gate;
    bool tekton_only;  /* leave out what is ours */
    struct str origin; /* what URLs of this hub begin with: "https://hub.example.org"; empty: no URL is looked up */
    const struct graph_known *known; /* what keys of `missing` stand for; of one that is not found as well */
    size_t known_count;
};

struct lint_document {
    struct str api_version, kind, name;
    unsigned line; /* 0 = not known */
    enum tekton_verdict verdict;
    bool checked;                        /* false: not Tekton's */
    size_t first_problem, problem_count; /* which of the report's are its own */
};

struct lint_report {
    struct problems problems; /* by document, then by line; path is Tekton's field path, hint its details */
    struct lint_document *documents;
    size_t count;
    /* What the documents refer to and only a hub can know, each once: "name[@version]", "namespace/name@version" or
       "sha256:<hex>". With these as `known` the next report tells more. */
    const struct str *missing;
    size_t missing_count;
    struct err unreadable; /* status is not OK: neither YAML nor JSON; one problem says so as well */
};

/* The documents of a YAML stream, or the one that is JSON (*json; decode.h), LINT_MAX_DOCUMENTS at most. */
MUST_USE enum status tekton_read(struct arena *a, struct str text, struct node ***documents, size_t *count, bool *json,
                                 struct err *e);
/* All memory is of the arena; call within arena_guard. The text may be any bytes. */
void lint_text(struct arena *a, struct str text, const struct lint_options *options, struct lint_report *out);
/* "accepted", "undecodable", "refused" */
const char *tekton_verdict_name(enum tekton_verdict v);
/* "stable", "beta", "alpha"; false for any other name. */
bool tekton_gate_named(struct str name, enum tekton_gate *out);

/* Our own checks of one document that is Tekton's (lint_own.c). */
void lint_own(struct problems *ps, const struct node *document, bool accepted);
/* The objects of one text that Tekton accepts, decoded, with defaults; NULL for the others. */
struct lint_stream {
    struct node **objects;
    size_t count;
    struct lint_lookup *lookup; /* of what is not among them (lint_lookup.h) */
};
/* What is wrong between one of them and what it refers to (lint_refs.c). */
void lint_references(struct problems *ps, const struct lint_stream *stream, const struct node *object);
/* A path of ours ("spec.tasks[0].params[1]": no names in brackets) as a JSON pointer. */
struct str lint_pointer(struct arena *a, struct str path);
/* The node that a field path of Tekton's means, or the nearest one above it; "spec.params[x].value", "spec.tasks[0]".
 */
const struct node *lint_place(const struct node *document, struct str path);

#endif
