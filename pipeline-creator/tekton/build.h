/* Small pieces of Tekton and Kubernetes objects. Strings are borrowed. */
#ifndef PIPELINE_CREATOR_TEKTON_BUILD_H
#define PIPELINE_CREATOR_TEKTON_BUILD_H

#include "base/node.h"

struct node *build_named(struct arena *a, struct str name);                   /* {name} */
struct node *build_array(struct arena *a, struct str name);                   /* {name, type: array} */
struct node *build_param(struct arena *a, struct str name, struct str value); /* {name, value}: params, env, results */
struct node *build_when(struct arena *a, struct str input, bool negated, const struct str *values, size_t count);
struct node *build_mount(struct arena *a, struct str volume, struct str path); /* {name, mountPath} */
struct node *build_empty_dir(struct arena *a, struct str name);                /* {name, emptyDir: {}} */
/* sh -ec <script> <name>; arguments follow as $1, $2, … The script is ours and has no `$(` or `$$` in it. */
struct node *build_shell(struct arena *a, const char *script, const char *name);
/* Sets the key unless the value is an empty list or map. */
void build_put(struct arena *a, struct node *map, const char *key, struct node *value);

#endif
