/*
 * JSON as Go's encoding/json writes it, and what Kubernetes' reader makes of YAML on the way there (sigs.k8s.io/yaml
 * over go-yaml v2): keys sorted, numbers through float64, y and n as truth values.
 */
#ifndef PIPELINE_CREATOR_TEKTON_GO_JSON_H
#define PIPELINE_CREATOR_TEKTON_GO_JSON_H

#include "base/node.h"

/* A string with its quotes. `html`: <, > and & are escaped, as Marshal does; U+2028 and U+2029 always are. */
void go_json_str(struct buf *b, struct str s, bool html);
/* The text that Tekton gets for a part of a document: of YAML, the JSON that it is converted to; of JSON, that itself,
   without white space. */
struct str go_json_text(struct arena *a, const struct node *n, bool json);
/* Plain y, Y, n and N: true or false to Kubernetes' reader of YAML; text to base/node.h, as to most readers. */
bool go_yaml_letter(const struct node *n);
bool go_yaml_letter_value(const struct node *n);

#endif
