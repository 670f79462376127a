/* POST /api/v1/components/from-code: the component of a function or a script, on a worker. Nothing is stored or run. */
#include "catalog/code/code.h"
#include "hub/api/api.h"

struct from_code {
    struct code_request rq;
    struct problems problems;
    struct node *document;
    struct str yaml;
    bool as_json;
};

static bool wrong(struct request *rq, const char *key, const char *what)
{
    answer_problem(rq, 422, "bad_request", "\"%s\" must be %s.", key, what);
    return false;
}

/* Texts that are not given are empty. */
static bool read_text(struct request *rq, const struct node *map, const char *key, struct str *out)
{
    const struct node *n = node_get(map, key);
    *out = node_text(n);
    return node_is_null(n) || node_is_string(n) || wrong(rq, key, "text");
}

static bool read_list(struct request *rq, const struct node *body, const char *key, size_t most,
                      const struct node **out)
{
    const struct node *n = node_get(body, key);
    *out = node_is_null(n) ? NULL : n;
    if (*out && (!node_is_seq(n) || n->count > most))
        return wrong(rq, key, "a list, and not a long one");
    return true;
}

static bool read_packages(struct request *rq, const struct node *body, struct code_request *out)
{
    const struct node *list;
    if (!read_list(rq, body, "packages", CODE_MAX_PACKAGES, &list))
        return false;
    struct str *packages = arena_array_of(rq->arena, node_count(list) + 1, struct str);
    for (size_t i = 0; i < node_count(list); i++) {
        if (!node_is_string(list->items[i]))
            return wrong(rq, "packages", "a list of texts");
        packages[i] = list->items[i]->text;
    }
    out->packages = packages;
    out->package_count = node_count(list);
    return true;
}

static bool read_port(struct request *rq, const struct node *map, struct code_port *port)
{
    const struct node *optional = node_get(map, "optional");
    if (!node_is_map(map))
        return wrong(rq, "inputs, outputs", "lists of objects");
    if (!node_is_null(optional) && (!node_is_scalar(optional) || optional->type != SCALAR_BOOL))
        return wrong(rq, "optional", "true or false");
    port->has_default = !node_is_null(node_get(map, "default"));
    port->optional = port->has_default || node_bool(optional, false);
    return read_text(rq, map, "name", &port->name) && read_text(rq, map, "type", &port->type) &&
           read_text(rq, map, "description", &port->description) && read_text(rq, map, "default", &port->default_value);
}

static bool read_ports(struct request *rq, const struct node *body, const char *key, const struct code_port **out,
                       size_t *count)
{
    const struct node *list;
    if (!read_list(rq, body, key, CODE_MAX_PORTS, &list))
        return false;
    struct code_port *ports = arena_array_of(rq->arena, node_count(list) + 1, struct code_port);
    for (size_t i = 0; i < node_count(list); i++)
        if (!read_port(rq, list->items[i], &ports[i]))
            return false;
    *out = ports;
    *count = node_count(list);
    return true;
}

static bool read_body(struct request *rq, struct code_request *out)
{
    struct node *body;
    if (!request_json(rq, &body))
        return false;
    struct str language = node_text_of(body, "language");
    if (!str_is(language, "python") && !str_is(language, "shell"))
        return wrong(rq, "language", "python or shell");
    out->language = str_is(language, "python") ? CODE_PYTHON : CODE_SHELL;
    if (!node_is_string(node_get(body, "source")))
        return wrong(rq, "source", "there, and must be text");
    return read_text(rq, body, "source", &out->source) && read_text(rq, body, "function", &out->function) &&
           read_text(rq, body, "name", &out->name) && read_text(rq, body, "image", &out->image) &&
           read_packages(rq, body, out) && read_ports(rq, body, "inputs", &out->inputs, &out->input_count) &&
           read_ports(rq, body, "outputs", &out->outputs, &out->output_count);
}

static enum status work(struct request *rq)
{
    struct from_code *job = rq->state;
    struct buf b;
    problems_init(&job->problems, rq->arena);
    job->document = code_component(rq->arena, &job->rq, &job->problems);
    if (!job->document)
        return OK;
    buf_init(&b, rq->arena, 0);
    (void)node_write_yaml(&b, job->document);
    job->yaml = buf_take(&b);
    return b.over ? ERR_LIMIT : OK;
}

static void answer_as_json(struct request *rq, const struct from_code *job)
{
    struct buf b;
    buf_init(&b, rq->arena, 0);
    struct json j = json_to(&b);
    json_object(&j);
    json_put_str(&j, "component", job->yaml);
    json_key(&j, "problems");
    problems_json(&j, &job->problems);
    json_object_end(&j);
    answer_json(rq, 200, buf_take(&b), STR_NONE);
}

static void on_made(struct request *rq, enum status s)
{
    const struct from_code *job = rq->state;
    struct err e = {0};
    if (s != OK) {
        err_set(&e, s, s == ERR_LIMIT ? "too_large" : "no_memory",
                s == ERR_LIMIT ? "There is too much in this code." : "The hub is out of memory.");
        answer_error(rq, &e, NULL);
    } else if (!job->document) {
        err_set(&e, ERR_INVALID, "bad_code", "No component can be made of this code.");
        answer_error(rq, &e, &job->problems);
    } else if (job->as_json) {
        answer_as_json(rq, job);
    } else {
        answer_bytes(rq, 200, STR("application/yaml"), job->yaml, STR_NONE);
    }
}

void api_component_from_code(struct request *rq)
{
    struct from_code *job = arena_new_of(rq->arena, struct from_code);
    struct str accept = request_header(rq, "accept");
    job->as_json = str_find(accept, STR("application/json")) >= 0 && str_find(accept, STR("yaml")) < 0;
    if (!read_body(rq, &job->rq))
        return;
    rq->state = job;
    request_work(rq, work, on_made);
}
