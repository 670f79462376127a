#include "hub/api/snippet_text.h"

#include "pipeline-creator/graph/graph.h"

#define SHOWN_DEFAULT 60 /* bytes of a default in a comment */

struct writer {
    struct arena *a;
    struct json *j;
    const struct snippet_source *s;
    struct str url; /* of the content */
};

static struct buf new_text(const struct writer *w)
{
    struct buf b;
    buf_init(&b, w->a, 0);
    return b;
}

static void put_snippet(struct writer *w, const char *name, const char *title, const char *language, struct buf *text)
{
    json_object(w->j);
    json_put_str(w->j, "name", str_of(name));
    json_put_str(w->j, "title", str_of(title));
    json_put_str(w->j, "language", str_of(language));
    json_put_str(w->j, "text", buf_take(text));
    json_object_end(w->j);
}

static bool is_format(const struct writer *w, const char *format)
{
    return str_is(w->s->format, format);
}

static bool is_required(const struct port *p)
{
    return !p->optional && node_is_null(p->default_value);
}

static bool any_required(const struct interface *i)
{
    for (size_t k = 0; k < i->input_count; k++) {
        if (is_required(&i->inputs[k]))
            return true;
    }
    return false;
}

/* Without the ports that stand for workspaces, which Tekton does not call params. */
static struct interface params_of(struct arena *a, const struct interface *i)
{
    struct interface out = *i;
    out.inputs = arena_array_of(a, i->input_count, struct port);
    out.input_count = 0;
    for (size_t k = 0; k < i->input_count; k++)
        if (!type_is_workspace(i->inputs[k].type))
            out.inputs[out.input_count++] = i->inputs[k];
    return out;
}

/* Within a comment nothing may end the line, in any language. */
static void put_comment(struct buf *b, struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        buf_char(b, text.p[i] >= 0x20 && text.p[i] < 0x7f ? text.p[i] : '?');
}

static void put_about(struct buf *b, const struct port *p)
{
    put_comment(b, p->type.n ? p->type : STR("any type"));
    buf_cstr(b, is_required(p) ? ", required" : ", optional");
}

/* ---- YAML */

static void put_yaml(const struct writer *w, struct buf *b, const char *margin, const struct node *n)
{
    struct buf text = new_text(w);
    (void)node_write_yaml(&text, n);
    struct str rest = buf_take(&text), line;
    while (rest.n > 0 && str_split(&rest, '\n', &line)) {
        if (line.n > 0)
            buf_cstr(b, margin);
        buf_str(b, line);
        buf_char(b, '\n');
    }
}

/* How an input is given: {name: value}, or [{name, value}] as in Tekton. */
typedef struct node *entry(struct arena *a, const struct port *p);

static struct node *argument_entry(struct arena *a, const struct port *p)
{
    struct node *n = node_map(a);
    node_set(a, n, p->name,
             node_is_null(p->default_value) ? node_null(a) : node_str(a, graph_text(a, p->default_value)));
    return n;
}

static struct node *param_entry(struct arena *a, const struct port *p)
{
    struct node *list = node_seq(a), *n = node_map(a), *value = node_null(a);
    if (node_is_scalar(p->default_value) && !node_is_null(p->default_value))
        value = node_str(a, node_text(p->default_value));
    else if (!node_is_null(p->default_value))
        value = node_copy(a, p->default_value);
    node_put_str(a, n, "name", p->name);
    node_put(a, n, "value", value);
    node_push(a, list, n);
    return list;
}

/* What has to be given stands there without a value; what may be given is a comment, and so is a heading that would
   have nothing below it. */
static void put_inputs(const struct writer *w, struct buf *b, const char *margin, const char *heading, entry *make,
                       const struct interface *in)
{
    bool live = any_required(in);
    const char *below = str_cstr(w->a, str_printf(w->a, "%s%s", margin, live ? "  " : "#   "));
    const char *off = str_cstr(w->a, str_printf(w->a, "%s%s", margin, live ? "  # " : "#   "));
    if (in->input_count > 0)
        buf_printf(b, "%s%s%s:\n", margin, live ? "" : "# ", heading);
    for (size_t k = 0; k < in->input_count; k++) {
        const struct port *p = &in->inputs[k];
        buf_printf(b, "%s# ", below);
        put_about(b, p);
        buf_char(b, '\n');
        put_yaml(w, b, is_required(p) ? below : off, make(w->a, p));
    }
}

/* ---- shell */

static void put_quoted(struct buf *b, struct str text)
{
    buf_char(b, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'')
            buf_cstr(b, "'\\''");
        else
            buf_char(b, text.p[i]);
    }
    buf_char(b, '\'');
}

static const char *token_option(bool needed)
{
    return needed ? "-H \"Authorization: Bearer $HUB_TOKEN\" " : "";
}

static void put_download(const struct writer *w, struct buf *b)
{
    buf_printf(b, "curl -fsS %s", token_option(!w->s->open));
    put_quoted(b, w->url);
}

/* The body of a call that takes a pipeline. */
static struct str pipeline_body(const struct writer *w)
{
    const struct interface *in = &w->s->interface;
    struct buf b = new_text(w);
    struct json j = json_to(&b);
    json_object(&j);
    json_put_str(&j, "pipeline", STR_JOIN(w->a, w->s->namespace, STR("/"), w->s->name, STR("@"), w->s->version));
    if (any_required(in)) {
        json_key(&j, "parameters");
        json_object(&j);
        for (size_t k = 0; k < in->input_count; k++) {
            if (!is_required(&in->inputs[k]))
                continue;
            json_key_str(&j, in->inputs[k].name);
            json_null(&j);
        }
        json_object_end(&j);
    }
    json_object_end(&j);
    return buf_take(&b);
}

static void put_post(const struct writer *w, struct buf *b, const char *path, const char *options)
{
    if (any_required(&w->s->interface))
        buf_cstr(b, "# each null wants a value\n");
    buf_printf(b, "curl -fsS %s-H 'Content-Type: application/json' \\\n  -d ", options);
    put_quoted(b, pipeline_body(w));
    buf_cstr(b, " \\\n  ");
    put_quoted(b, str_cat(w->a, w->s->origin, str_of(path)));
}

/* ---- the snippets */

/* A KFP v2 component may need KFP's executor, which is seen only when it is compiled. */
static bool is_task_of_ours(const struct writer *w)
{
    static const char *const formats[] = {"kfp-component-v1", "component-graph", "tekton-task", "tekton-stepaction"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (is_format(w, formats[i]))
            return true;
    return false;
}

static void hub_snippet(struct writer *w)
{
    const struct snippet_source *s = w->s;
    struct node *ref = node_map(w->a), *task = node_map(w->a), *tasks = node_map(w->a);
    struct buf b = new_text(w);
    node_put_str(w->a, ref, "name", STR_JOIN(w->a, s->namespace, STR("/"), s->name, STR("@"), s->version));
    node_put_str(w->a, ref, "digest", s->digest);
    node_put(w->a, task, "componentRef", ref);
    node_set(w->a, tasks, s->name, task);
    put_yaml(w, &b, "", tasks);
    put_inputs(w, &b, "  ", "arguments", argument_entry, &s->interface);
    put_snippet(w, "hub", "A task of a pipeline here", "yaml", &b);
}

/* The SDK makes arguments of the names that ComponentSpec v1 has (kfp.dsl.utils.sanitize_input_name): lower case, runs
   of other characters become '_', none at the ends. */
static struct str kfp_argument(const struct writer *w, struct str name)
{
    if (!is_format(w, "kfp-component-v1"))
        return name;
    struct buf b = new_text(w);
    bool others = false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        bool kept = c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (kept || !others)
            buf_char(&b, kept ? c : '_');
        others = !kept;
    }
    struct str out = buf_take(&b);
    while (out.n > 0 && out.p[0] == '_')
        out = str_from(out, 1);
    while (out.n > 0 && out.p[out.n - 1] == '_')
        out.n--;
    return out;
}

static bool is_python_name(struct str name)
{
    static const char *const keywords[] = {
        "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
        "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
        "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
        "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield",
    };
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (str_is(name, keywords[i]))
            return false;
    }
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return name.n > 0;
}

static void put_kfp_argument(const struct writer *w, struct buf *b, const struct port *p, struct str name)
{
    buf_printf(b, "        %s", is_required(p) ? "" : "# ");
    if (is_python_name(name)) {
        buf_printf(b, "%.*s=...,  # ", STR_ARG(name));
    } else {
        buf_cstr(b, "**{");
        node_write_json(b, node_str(w->a, name)); /* a JSON text is a Python text */
        buf_cstr(b, ": ...},  # ");
    }
    put_about(b, p);
    if (!node_is_null(p->default_value)) {
        buf_cstr(b, ", default ");
        put_comment(b, str_sub(node_to_json(w->a, p->default_value), 0, SHOWN_DEFAULT));
    }
    buf_char(b, '\n');
}

static void put_kfp_call(const struct writer *w, struct buf *b)
{
    const struct interface *in = &w->s->interface;
    struct node *seen = node_map(w->a);
    buf_cstr(b, "    component(\n");
    for (size_t k = 0; k < in->input_count; k++) {
        struct str name = kfp_argument(w, in->inputs[k].name);
        if (node_get_str(seen, name) != NULL)
            continue; /* two names became one, as in the SDK */
        node_set(w->a, seen, name, node_null(w->a));
        put_kfp_argument(w, b, &in->inputs[k], name);
    }
    buf_cstr(b, "    )\n");
}

static void kfp_snippet(struct writer *w)
{
    struct buf b = new_text(w);
    if (w->s->open)
        buf_printf(
            &b, "from kfp import components, dsl\n\ncomponent = components.load_component_from_url(\n    \"%.*s\"\n)\n",
            STR_ARG(w->url));
    else
        buf_printf(&b,
                   "import os\nfrom urllib.request import Request, urlopen\n\nfrom kfp import components, dsl\n\n"
                   "request = Request(\n    \"%.*s\",\n"
                   "    headers={\"Authorization\": \"Bearer \" + os.environ[\"HUB_TOKEN\"]},\n)\n"
                   "component = components.load_component_from_text(urlopen(request).read().decode())\n",
                   STR_ARG(w->url));
    buf_cstr(&b, "\n\n@dsl.pipeline\ndef pipeline():\n");
    put_kfp_call(w, &b);
    put_snippet(w, "kfp", "KFP SDK", "python", &b);
}

/* {resolver: http, params: [{name: url, value: …}]} */
static struct node *http_reference(const struct writer *w)
{
    struct node *ref = node_map(w->a), *list = node_seq(w->a), *param = node_map(w->a);
    node_put_str(w->a, param, "name", STR("url"));
    node_put_str(w->a, param, "value", w->url);
    node_push(w->a, list, param);
    node_put_str(w->a, ref, "resolver", STR("http"));
    node_put(w->a, ref, "params", list);
    return ref;
}

/* A task passes on workspaces of its pipeline, here those of the same name; a run makes empty ones. */
static void put_workspaces(const struct writer *w, struct buf *b, bool of_run)
{
    const struct node *names = node_get(w->s->facts, "workspaces");
    struct node *list = node_seq(w->a), *map = node_map(w->a);
    for (size_t i = 0; i < node_count(names); i++) {
        struct node *workspace = node_map(w->a);
        node_put_str(w->a, workspace, "name", node_text(node_at(names, i)));
        if (of_run)
            node_put(w->a, workspace, "emptyDir", node_map(w->a));
        else
            node_put_str(w->a, workspace, "workspace", node_text(node_at(names, i)));
        node_push(w->a, list, workspace);
    }
    node_put(w->a, map, "workspaces", list);
    if (list->count > 0)
        put_yaml(w, b, "  ", map);
}

/* An entry of a list: of a pipeline's tasks, or of a task's steps. */
static void tekton_entry(struct writer *w, bool step)
{
    struct node *list = node_seq(w->a), *item = node_map(w->a);
    struct buf b = new_text(w);
    node_put_str(w->a, item, "name", w->s->name);
    node_put(w->a, item, step ? "ref" : "taskRef", http_reference(w));
    node_push(w->a, list, item);
    put_yaml(w, &b, "", list);
    struct interface params = params_of(w->a, &w->s->interface);
    put_inputs(w, &b, "  ", "params", param_entry, &params);
    if (!step)
        put_workspaces(w, &b, false);
    put_snippet(w, "tekton", step ? "A step of a Tekton task" : "A task of a Tekton pipeline", "yaml", &b);
}

static void tekton_run(struct writer *w)
{
    struct node *run = node_map(w->a), *metadata = node_map(w->a), *spec = node_map(w->a);
    struct buf b = new_text(w);
    node_put_str(w->a, metadata, "generateName", str_cat(w->a, w->s->name, STR("-")));
    node_put(w->a, spec, "pipelineRef", http_reference(w));
    node_put_str(w->a, run, "apiVersion", STR("tekton.dev/v1"));
    node_put_str(w->a, run, "kind", STR("PipelineRun"));
    node_put(w->a, run, "metadata", metadata);
    node_put(w->a, run, "spec", spec);
    put_yaml(w, &b, "", run);
    struct interface params = params_of(w->a, &w->s->interface);
    put_inputs(w, &b, "  ", "params", param_entry, &params);
    put_workspaces(w, &b, true);
    put_snippet(w, "tekton", "A run in Tekton", "yaml", &b);
}

static void tekton_object(struct writer *w, const char *verb)
{
    struct buf b = new_text(w);
    put_download(w, &b);
    buf_printf(&b, " | kubectl %s -f -\n", verb);
    put_snippet(w, "tekton", "Into a cluster with Tekton", "shell", &b);
}

static void tekton_compiled(struct writer *w)
{
    struct buf b = new_text(w);
    struct str options = str_printf(w->a, "%s-H 'Accept: application/yaml' ", token_option(!w->s->open));
    put_post(w, &b, "/api/v1/compile", str_cstr(w->a, options));
    buf_cstr(&b, " | kubectl create -f -\n");
    put_snippet(w, "tekton", "Compiled, into a cluster with Tekton", "shell", &b);
}

static void tekton_snippet(struct writer *w)
{
    bool task = is_format(w, "tekton-task"), step = is_format(w, "tekton-stepaction");
    bool pipeline = is_format(w, "tekton-pipeline");
    if (is_format(w, "component-graph"))
        tekton_compiled(w);
    else if (is_format(w, "tekton-pipelinerun"))
        tekton_object(w, "create");
    else if ((task || step || pipeline) && !w->s->open) /* the resolver cannot send a token */
        tekton_object(w, "apply");
    else if (task || step)
        tekton_entry(w, step);
    else if (pipeline)
        tekton_run(w);
}

static struct str ending_of(const struct writer *w)
{
    ptrdiff_t dot = str_rfind_char(w->s->main_path, '.');
    struct str ending = dot < 0 ? STR("") : str_from(w->s->main_path, (size_t)dot + 1);
    static const char *const known[] = {"yml", "json", "ipynb", "pipeline"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (str_is(ending, known[i]))
            return ending;
    }
    return STR("yaml");
}

static void curl_snippet(struct writer *w)
{
    struct buf b = new_text(w);
    put_download(w, &b);
    buf_printf(&b, " -o %.*s.%.*s\n", STR_ARG(w->s->name), STR_ARG(ending_of(w)));
    if (is_format(w, "component-graph")) {
        buf_cstr(&b, "\n# a run on the hub; HUB_TOKEN is its token\n");
        put_post(w, &b, "/api/v1/runs", token_option(true));
        buf_char(&b, '\n');
    }
    put_snippet(w, "curl", "curl", "shell", &b);
}

/* RFC 3986: all but the unreserved characters, so that it needs no quoting anywhere. */
static struct str percent_encoded(struct arena *a, struct str text)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                     c == '.' || c == '_' || c == '~';
        buf_printf(&b, plain ? "%c" : "%%%02X", c);
    }
    return buf_take(&b);
}

void snippets_json(struct arena *a, struct json *j, const struct snippet_source *s)
{
    struct writer w = {.a = a, .j = j, .s = s};
    w.url = STR_JOIN(a, s->origin, STR("/api/v1/assets/"), s->namespace, STR("/"), s->kind, STR("/"), s->name,
                     STR("/versions/"), percent_encoded(a, s->version), STR("/content"));
    json_array(j);
    if (is_task_of_ours(&w))
        hub_snippet(&w);
    if (is_format(&w, "kfp-component-v1") || is_format(&w, "kfp-component-v2") || is_format(&w, "kfp-ir"))
        kfp_snippet(&w);
    tekton_snippet(&w);
    curl_snippet(&w);
    json_array_end(j);
}
