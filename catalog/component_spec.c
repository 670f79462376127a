/* KFP v1 components and graph pipelines as assets. */
#include "catalog/component.h"
#include "catalog/reading.h"

static struct str implementation_language(const struct node *container)
{
    const struct node *command = node_get(container, "command");
    struct str program = file_base(node_text(node_at(command, 0)));
    static const char *const programs[] = {"python", "python3", "bash", "sh", "Rscript", "node", "java"};
    static const char *const languages[] = {"python", "python", "shell", "shell", "r", "javascript", "java"};
    /* "sh -ec … python3 …" is how KFP starts functions written in Python. */
    for (size_t i = 1; i < node_count(command); i++)
        if (str_find(node_text(node_at(command, i)), STR("python3 ")) >= 0)
            return STR("python");
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        if (str_is(program, programs[i]))
            return str_of(languages[i]);
    return STR_NONE;
}

static void graph_facts(struct reading *r, const struct node *graph)
{
    const struct node *tasks = node_get(graph, "tasks");
    fact_int(r, "tasks", node_count(tasks));
    for (size_t i = 0; node_is_map(tasks) && i < tasks->count; i++) {
        const struct node *ref = node_get(tasks->pairs[i].value, "componentRef");
        struct str name = node_text_of(ref, "name");
        fact_add(r, "components", name.n ? name : node_text(node_path(ref, "spec", "name", NULL)));
    }
}

void read_component_spec(struct reading *r)
{
    struct component c;
    struct package *p = r->package;
    enum status ignored = component_read(r->a, r->documents[0], STR_NONE, &c, r->ps);
    (void)ignored; /* the problems say it */
    (void)check_required(r->ps, r->documents[0], STR_NONE, "name", "what the asset is to be called");
    p->title = c.name;
    p->description = c.description;
    p->interface = c.interface;
    p->provider = person_name(node_text_of(c.annotations, "author"));
    labels_set(r, c.labels);
    annotations_read(r, c.annotations);
    tags_add(r, node_path(c.document, "metadata", "tags", NULL));
    tags_add(r, node_get(c.annotations, "tags"));
    fact_node(r, "categories", node_get(c.document, "filter_categories"));
    fact_str(r, "canonical_location", node_text_of(c.annotations, "canonical_location"));
    if (c.container) {
        fact_str(r, "image", node_text_of(c.container, "image"));
        fact_str(r, "language", implementation_language(c.container));
    }
    if (c.graph)
        graph_facts(r, c.graph);
}
