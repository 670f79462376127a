/*
 * Tekton's variables, `$(params.x)` and their like, in one pass: what a variable stands for is never read again, so
 * text that looks like a variable arrives as it was typed. What is not known stays as it is (a shell has its own
 * `$(…)`).
 */
#ifndef PIPELINE_CREATOR_SUBSTITUTE_H
#define PIPELINE_CREATOR_SUBSTITUTE_H

#include "base/node.h"

#define SUBST_PARTS 12

/* A reference taken apart: tasks.a.results.b[2], params["x.y"][*] */
struct subst_ref {
    struct str text; /* all of it, without "$(" and ")" */
    struct str part[SUBST_PARTS];
    size_t parts;
    enum { SUBST_WHOLE, SUBST_STAR, SUBST_AT } index;
    size_t at;
};

/* How variables are looked up. `find` sets *used to the parts that name the value; further parts are keys of it.
   With *used beyond the parts the value is final, an index included. NULL = not a variable. `err` (may be NULL) hears
   of an index or key that is not there; the first one stays. */
struct subst {
    const struct node *(*find)(void *context, const struct subst_ref *ref, size_t *used);
    void *context;
    struct err *err;
};

/* False when the text cannot be a reference. */
bool subst_parse(struct str text, struct subst_ref *out);
/* The value of one reference, NULL when it is not known. */
const struct node *subst_value(const struct subst *s, const struct subst_ref *ref);
/* Text with its variables replaced; a list or map inside text is written as JSON. */
struct str subst_text(struct arena *a, const struct subst *s, struct str text);
/* A tree with its variables replaced. An item of a list that is nothing but a reference to a list is replaced by its
   items; a scalar that is nothing but a reference to a list or map becomes that. Keys stay. Untouched parts are
   shared, not copied. */
struct node *subst_node(struct arena *a, const struct subst *s, struct node *n);
/* Calls see for each reference anywhere in the tree. */
void subst_each(const struct node *n, void (*see)(void *context, const struct subst_ref *ref), void *context);

/* The text from part `from` on, joined by dots; borrowed where there is one part. */
struct str subst_rest(struct arena *a, const struct subst_ref *ref, size_t from);

/*
 * The kubelet's `$(NAME)` in command, args and env: known names are replaced, unknown ones stay, `$$` is `$`. env maps
 * name → text.
 */
struct str subst_expand_env(struct arena *a, const struct node *env, struct str text);

#endif
