/* Inside of package_read: what the reader of a format gets and fills. */
#ifndef CATALOG_READING_H
#define CATALOG_READING_H

#include "catalog/catalog.h"
#include "catalog/check.h"
#include "catalog/text.h"

struct reading {
    struct arena *a;
    struct problems *ps;
    struct package *package;
    struct node **documents; /* of the main file; at least one */
    size_t document_count;
    struct node *facts; /* becomes package->facts */
    struct buf search;  /* texts beside title, description, ports and facts that search looks through */
};

/* One reader a format. It fills title, description, provider, version, labels, tags, interface, facts and search;
   errors go to ps. The document is known to have the shape that recognise() looks for, and nothing more. */
void read_component_spec(struct reading *r); /* container or graph */
void read_component_ir(struct reading *r);
void read_pipeline_ir(struct reading *r);
void read_tekton_task(struct reading *r); /* Task and StepAction */
void read_tekton_pipeline(struct reading *r);
void read_tekton_pipelinerun(struct reading *r);
void read_elyra(struct reading *r);
void read_mlx_model(struct reading *r);
void read_mlx_notebook(struct reading *r);
void read_mlx_dataset(struct reading *r);
void read_ipynb(struct reading *r);
void read_operator(struct reading *r); /* OLM bundle and plain manifests */

/* Facts: nothing is put for empty texts and null. */
void fact_str(struct reading *r, const char *key, struct str value);
void fact_int(struct reading *r, const char *key, size_t value);
void fact_bool(struct reading *r, const char *key, bool value);
void fact_node(struct reading *r, const char *key, const struct node *value);
/* Adds to the list under `key` unless it is there; at most FACT_LIST_MAX entries. */
#define FACT_LIST_MAX 50
void fact_add(struct reading *r, const char *key, struct str value);
/* Tags from a list, a comma-separated text, or a map (its values); duplicates and what is no word are left out. */
#define TAGS_MAX 50
void tags_add(struct reading *r, const struct node *n);
/* Labels: those entries of a map that are scalars, as text; the first LABELS_MAX of them. */
#define LABELS_MAX 100
void labels_set(struct reading *r, const struct node *map);
/* What our own annotations say: provider, version, tags, featured. */
void annotations_read(struct reading *r, const struct node *annotations);
/* "Ada <ada@example.org>" → "Ada" */
struct str person_name(struct str author);

/* Whether the IR is one component wrapped as a pipeline, which is what the KFP SDK writes when it compiles one. */
bool ir_is_component(const struct node *document);

#endif
