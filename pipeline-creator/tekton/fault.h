/*
 * What Tekton says against a document: messages with the paths of fields, gathered while going up.
 *
 * A check adds faults with paths as seen from where it stands; its caller then puts its own part before those paths
 * with fault_via(), giving the mark (the count) from before the call. That is how knative's FieldError works, which
 * Tekton uses, so that even its odd paths come out equal.
 *
 * At most FAULTS_MAX are kept, and paths stop growing at FAULT_PATH_MAX bytes: some of Tekton's loops put a part before
 * everything that came so far, again and again.
 */
#ifndef PIPELINE_CREATOR_TEKTON_FAULT_H
#define PIPELINE_CREATOR_TEKTON_FAULT_H

#include "base/node.h"

#define FAULTS_MAX       400
#define FAULT_PATHS_MAX  8
#define FAULT_PATH_MAX   1024
#define FAULT_VALUE_LIST 100 /* values that one message lists */

struct fault {
    const char *code; /* snake_case, stable; ours */
    struct str message, details;
    struct str paths[FAULT_PATHS_MAX];
    size_t path_count;     /* none for faults of a feature gate */
    unsigned line, column; /* of faults of decoding; 0 = to be looked for by path */
};

struct faults {
    struct arena *a;
    struct fault *list;
    size_t count, cap, dropped;
};

struct faults *faults_new(struct arena *a);

/* The message is copied. Valid until the next is added. Never NULL: beyond FAULTS_MAX a scratch entry is returned. */
struct fault *fault_add(struct faults *f, const char *code, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
struct fault *fault_no_path(struct faults *f, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void fault_path(struct fault *one, struct str path);
void fault_details(struct faults *f, struct fault *one, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Those that Tekton makes most often. */
void fault_missing(struct faults *f, const char *path);
void fault_missing_in(struct faults *f, struct str name, const char *suffix); /* name + suffix */
void fault_both(struct faults *f, const char *x, const char *y);              /* y may be NULL */
void fault_neither(struct faults *f, const char *x, const char *y);
void fault_disallowed(struct faults *f, const char *path);

/* Puts `prefix` before the paths of all faults from `mark` on. */
void fault_via(struct faults *f, size_t mark, const char *prefix);
void fault_via_index(struct faults *f, size_t mark, size_t index);
void fault_via_item(struct faults *f, size_t mark, const char *field, size_t index);  /* field[index] */
void fault_via_key(struct faults *f, size_t mark, const char *field, struct str key); /* field[key]; field may be "" */

/* All in Tekton's words and order: equal messages share a line, lines are sorted. */
struct str faults_text(struct faults *f);

/* "…" as Go's %q writes it. */
struct str go_quote(struct arena *a, struct str s);
/* "[a b c]", as Go prints a slice. */
struct str go_list(struct arena *a, const struct str *items, size_t count);
/* Sorts by bytes, in place. */
void str_sort(struct str *items, size_t count);

#endif
