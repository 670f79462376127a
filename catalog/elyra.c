/* Elyra's .pipeline files: JSON of the pipeline-flow schema 3.0. */
#include "catalog/reading.h"

static void read_parameter(struct reading *r, const struct node *n, struct str path, struct port *ports, size_t *count)
{
    struct port *port = &ports[*count];
    *port = (struct port){.line = n->line, .column = n->column};
    port->name = check_required_text(r->ps, n, path, "name", NULL);
    port->description = check_text(r->ps, n, path, "description");
    port->optional = !node_bool(node_get(n, "required"), false);
    const struct node *fallback = node_get(n, "default_value");
    port->type = type_normal(r->a, node_get(fallback, "type"));
    const struct node *value = node_get(n, "value");
    if (node_is_null(value))
        value = node_get(fallback, "value");
    check_default(r->ps, port, pointer_key(r->a, path, STR("default_value")), value);
    if (port->name.n && check_port_name(r->ps, ports, *count, path, n, port->name))
        ++*count;
}

static void read_parameters(struct reading *r, const struct node *properties, struct str path)
{
    const struct node *list = check_list(r->ps, properties, path, "pipeline_parameters");
    struct interface *i = &r->package->interface;
    path = pointer_key(r->a, path, STR("pipeline_parameters"));
    size_t room;
    i->inputs = check_ports_room(r->ps, path, list, node_count(list), &room);
    for (size_t k = 0; k < room; k++) {
        struct str at = pointer_index(r->a, path, k);
        if (node_is_map(list->items[k]))
            read_parameter(r, list->items[k], at, i->inputs, &i->input_count);
        else
            check_error(r->ps, "wrong_type", at, list->items[k], NULL, "a parameter is a map, not a %s",
                        node_kind_name(list->items[k]));
    }
}

static void node_facts(struct reading *r, const struct node *nodes)
{
    size_t tasks = 0;
    for (size_t i = 0; node_is_seq(nodes) && i < nodes->count; i++) {
        const struct node *n = nodes->items[i];
        if (!str_is(node_text_of(n, "type"), "execution_node"))
            continue;
        tasks++;
        fact_add(r, "operations", node_text_of(n, "op"));
        search_add(&r->search, node_text(node_path(n, "app_data", "component_parameters", "filename", NULL)));
    }
    fact_int(r, "tasks", tasks);
}

/* The pipeline that primary_pipeline names; its index is for messages. */
static const struct node *primary(struct reading *r, size_t *index)
{
    const struct node *d = r->documents[0];
    const struct node *list = check_list(r->ps, d, STR_NONE, "pipelines");
    struct str id = check_required_text(r->ps, d, STR_NONE, "primary_pipeline", NULL);
    if (!check_required(r->ps, d, STR_NONE, "pipelines", "an Elyra document lists its pipelines"))
        return NULL;
    for (size_t i = 0; i < node_count(list); i++) {
        if (!str_eq(node_text_of(list->items[i], "id"), id))
            continue;
        *index = i;
        return list->items[i];
    }
    if (list && id.n)
        check_error(r->ps, "unknown_pipeline", STR("/primary_pipeline"), node_get(d, "primary_pipeline"), NULL,
                    "primary_pipeline names a pipeline that is not in pipelines");
    return NULL;
}

void read_elyra(struct reading *r)
{
    struct package *p = r->package;
    size_t index = 0;
    const struct node *pipeline = primary(r, &index);
    if (!pipeline)
        return;
    struct str path = pointer_index(r->a, STR("/pipelines"), index);
    (void)check_required(r->ps, pipeline, path, "nodes", NULL);
    const struct node *nodes = check_list(r->ps, pipeline, path, "nodes");
    const struct node *data = check_map(r->ps, pipeline, path, "app_data");
    path = pointer_key(r->a, path, STR("app_data"));
    const struct node *properties = check_map(r->ps, data, path, "properties");
    path = pointer_key(r->a, path, STR("properties"));
    p->title = check_text(r->ps, properties, path, "name");
    /* The editor writes "untitled" into every new file and shows the name of the file. */
    if (p->title.n == 0 || str_is(p->title, "untitled"))
        p->title = file_stem(p->main_path);
    p->description = check_text(r->ps, properties, path, "description");
    read_parameters(r, properties, path);
    struct str runtime = node_text_of(data, "runtime_type");
    fact_str(r, "runtime", runtime.n ? runtime : node_text_of(properties, "runtime"));
    fact_node(r, "format_version", node_get(data, "version"));
    node_facts(r, nodes);
}
