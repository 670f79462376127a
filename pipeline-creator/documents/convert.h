/* Shared by the readers of foreign formats; nobody else includes it. Trees are made with the places of their origin. */
#ifndef PIPELINE_CREATOR_DOCUMENTS_CONVERT_H
#define PIPELINE_CREATOR_DOCUMENTS_CONVERT_H

#include "pipeline-creator/documents/documents.h"

#define HUB "component-hub.dev/"

/* A new map, list or text that stands where `at` does (NULL: nowhere). */
struct node *made_map(struct arena *a, const struct node *at);
struct node *made_list(struct arena *a, const struct node *at);
struct node *made_text(struct arena *a, struct str text, const struct node *at);
/* {key: value} and {outer: {key: value}} */
struct node *made_pair(struct arena *a, const char *key, struct node *value);
/* As node_put and node_set, the key standing where the value does. */
void put(struct arena *a, struct node *map, const char *key, struct node *value);
void put_key(struct arena *a, struct node *map, struct str key, struct node *value);
/* Nothing is put for empty texts, lists and maps. */
void put_text(struct arena *a, struct node *map, const char *key, struct str text, const struct node *at);
void put_some(struct arena *a, struct node *map, const char *key, struct node *value);
/* The map under the key, made where it is absent. */
struct node *sub_map(struct arena *a, struct node *map, const char *key);
/* Sets the annotation of ours of a task, or of the pipeline when given its metadata. */
void annotate(struct arena *a, struct node *owner, const char *key, struct node *value);

/* {graphInput: {inputName}}, {taskOutput: {taskId, outputName}} */
struct node *argument_input(struct arena *a, struct str name, const struct node *at);
struct node *argument_output(struct arena *a, struct str task, struct str output, const struct node *at);

/* The pairs of a map whose keys are not in the list (NULL at its end); null values count as absent. An empty map when
   it is none. Values are shared. */
struct node *rest_of(struct arena *a, const struct node *map, const char *const *known);

/* tekton.c: the object at `pointer` of a stream. NULL when it is not understood. */
struct node *tekton_to_native(struct arena *a, const struct node *const *trees, size_t count, const struct node *object,
                              struct problems *ps);
/* elyra.c */
struct node *elyra_to_native(struct arena *a, const struct node *document, struct problems *ps);

#endif
