/* The annotation component-hub.dev/kubernetes of a task: KFP's KubernetesExecutorConfig and fields of pods. */
#include <stdarg.h>
#include <stdio.h>

#include "catalog/check.h"
#include "pipeline-creator/graph/read.h"
#include "pipeline-creator/tekton/decode.h"
#include "pipeline-creator/tekton/schema.h"

#define KEY              "component-hub.dev/kubernetes"
#define TYPE             "kfp.KubernetesExecutorConfig"
#define MESSAGE_MAX      400 /* what does not fit is cut, not inside a character */
#define INT64_MAX_DIGITS 19  /* as many digits overflow */

/* What an entry gets from elsewhere: a name, or (`decode_as`) an object. */
struct kubernetes_reference {
    struct node *entry;
    const char *decode_as;
    struct node *argument; /* {graphInput} or {taskOutput} */
};

struct kubernetes {
    struct node *config;
    struct str pointer;
    const struct node *place; /* for problems whose own lines are not the document's */
    struct kubernetes_reference *references;
    size_t count, cap;
};

struct reading {
    struct reader *r;
    const struct scope *s;
    const struct level_task *t;
    struct kubernetes *k;
};

static struct problem *wrong(struct reading *x, const char *code, const struct node *at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static struct problem *wrong(struct reading *x, const char *code, const struct node *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char text[MESSAGE_MAX];
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return scope_problem(x->r, x->s, SEVERITY_ERROR, code, x->k->pointer, x->k->place ? x->k->place : at,
                         "kubernetes of %.*s: %.*s", STR_ARG(x->t->path),
                         STR_ARG(utf8_cut(str_of(text), MESSAGE_MAX - 4)));
}

/* ---- protobuf's spellings: snake_case, 64-bit numbers as texts */

static struct str camel_case(struct arena *a, struct str key)
{
    if (str_find_char(key, '_') < 0)
        return key;
    struct buf b;
    buf_init(&b, a, key.n);
    for (size_t i = 0; i < key.n; i++) {
        bool up = key.p[i] == '_' && i + 1 < key.n && key.p[i + 1] >= 'a' && key.p[i + 1] <= 'z';
        buf_char(&b, up ? (char)(key.p[++i] - 'a' + 'A') : key.p[i]);
    }
    return buf_take(&b);
}

static bool is_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0 && s.n < INT64_MAX_DIGITS;
}

static struct node *normal(struct arena *a, struct str type, struct node *n);

/* Two spellings of one field are one field; the later one counts, as in protobuf. */
static struct node *normal_message(struct arena *a, const struct schema *type, struct node *n)
{
    struct node *out = node_map(a);
    out->line = n->line;
    out->column = n->column;
    for (size_t i = 0; i < n->count; i++) {
        struct schema_field field;
        struct str key = camel_case(a, n->pairs[i].key);
        bool known = schema_field(type, key, &field);
        struct node *value = known ? normal(a, field.type, n->pairs[i].value) : n->pairs[i].value;
        node_set(a, out, known ? key : n->pairs[i].key, value);
        struct pair *last = &out->pairs[out->count - 1];
        last->key_line = n->pairs[i].key_line;
        last->key_column = n->pairs[i].key_column;
    }
    return out;
}

static struct node *normal(struct arena *a, struct str type, struct node *n)
{
    if (str_starts(type, "*"))
        type = str_from(type, 1);
    if (node_is_scalar(n) && (str_is(type, "int64") || str_is(type, "int32")) && is_digits(n->text)) {
        struct node *number = node_copy(a, n);
        number->type = SCALAR_INT;
        number->style = STYLE_PLAIN;
        return number;
    }
    if (str_starts(type, "[]kfp.") && node_is_seq(n)) {
        struct node *list = node_seq(a);
        list->line = n->line;
        list->column = n->column;
        for (size_t i = 0; i < n->count; i++)
            node_push(a, list, normal(a, str_from(type, 2), n->items[i]));
        return list;
    }
    if (str_starts(type, "kfp.") && node_is_map(n))
        return normal_message(a, schema_find(type), n);
    return n;
}

static struct node *decode(struct reading *x, const char *type, const struct node *n)
{
    struct faults *f = faults_new(x->r->a);
    struct node *out = tekton_decode(x->r->a, type, n, false, f);
    for (size_t i = 0; i < f->count; i++) {
        const struct fault *one = &f->list[i];
        struct node at = {.line = one->line ? one->line : n->line, .column = one->line ? one->column : n->column};
        struct str told = utf8_cut(tekton_decode_told(x->r->a, one), 300);
        struct problem *p = wrong(x, "invalid_kubernetes", &at, "%.*s", STR_ARG(told));
        problem_hint(x->r->ps, p,
                     "the fields are those of KFP's KubernetesExecutorConfig, and resources, sidecars, "
                     "serviceAccountName, volumes, volumeMounts, env, envFrom, podTemplate");
    }
    return f->count ? NULL : out;
}

/* ---- references */

static struct node *pair_of(struct arena *a, const char *outer, const char *first, struct str x, const char *second,
                            struct str y)
{
    struct node *inner = node_map(a), *out = node_map(a);
    node_put_str(a, inner, first, x);
    if (second)
        node_put_str(a, inner, second, y);
    node_put(a, out, outer, inner);
    return out;
}

/* KFP's spelling of a reference as an argument of our documents; a constant comes back as it is. */
static struct node *argument_of(struct arena *a, const struct node *spec)
{
    struct node *constant = node_path(spec, "runtimeValue", "constant", NULL), *out = NULL;
    const struct node *output = node_get(spec, "taskOutputParameter");
    struct str input = node_text_of(spec, "componentInputParameter");
    if (constant)
        return constant;
    if (output)
        out = pair_of(a, "taskOutput", "taskId", node_text_of(output, "producerTask"), "outputName",
                      node_text_of(output, "outputParameterKey"));
    else if (input.n)
        out = pair_of(a, "graphInput", "inputName", input, NULL, STR_NONE);
    else if (node_get(spec, "taskOutput") || node_get(spec, "graphInput")) {
        const char *key = node_get(spec, "taskOutput") ? "taskOutput" : "graphInput";
        out = node_map(a);
        node_put(a, out, key, node_get(spec, key));
    }
    if (out) {
        out->line = spec->line;
        out->column = spec->column;
    }
    return out;
}

/* An object in place of a reference to one: `value` of the entry. */
static void set_object(struct reading *x, struct node *entry, const char *type, const struct node *given)
{
    struct node *tree = NULL;
    struct err e = {0};
    if (node_is_scalar(given)) {
        if (node_parse_json(x->r->a, node_text(given), &tree, &e) != OK) {
            wrong(x, "invalid_kubernetes", given, "a JSON object is wanted: %s", e.message);
            return;
        }
        tree->line = given->line;
        tree->column = given->column;
        given = tree;
    }
    if (str_is(str_of(type), "core.Toleration") && node_is_seq(given))
        type = "[]core.Toleration";
    struct node *value = decode(x, type, given);
    if (value)
        node_put(x->r->a, entry, "value", value);
}

static void set_name(struct reading *x, struct node *entry, struct str name)
{
    node_put_str(x->r->a, entry, "name", name);
}

static void add_reference(struct reading *x, struct node *entry, const char *decode_as, const struct node *spec)
{
    struct kubernetes *k = x->k;
    struct node *argument = argument_of(x->r->a, spec);
    if (!argument) {
        struct problem *p = wrong(x, "invalid_kubernetes", spec, "a reference names nothing");
        problem_hint(x->r->ps, p,
                     "{runtimeValue: {constant}}, {componentInputParameter}, {taskOutputParameter: {producerTask, "
                     "outputParameterKey}}, {graphInput: {inputName}} or {taskOutput: {taskId, outputName}}");
        return;
    }
    if (!node_get(argument, "taskOutput") && !node_get(argument, "graphInput")) {
        if (decode_as)
            set_object(x, entry, decode_as, argument);
        else
            set_name(x, entry, graph_text(x->r->a, argument));
        return;
    }
    if (k->count == k->cap) {
        size_t cap = k->cap ? k->cap * 2 : 4;
        k->references =
            arena_grow(x->r->a, k->references, k->count * sizeof *k->references, cap * sizeof *k->references);
        k->cap = cap;
    }
    k->references[k->count++] = (struct kubernetes_reference){entry, decode_as, argument};
}

/* Entries that name something: the newer field for it, then the older ones. */
static void read_names(struct reading *x)
{
    static const struct {
        const char *list, *parameter, *text;
    } fields[] = {{"secretAsVolume", "secretNameParameter", "secretName"},
                  {"secretAsEnv", "secretNameParameter", "secretName"},
                  {"pvcMount", "pvcNameParameter", "constant"},
                  {"imagePullSecret", "secretNameParameter", "secretName"},
                  {"configMapAsVolume", "configMapNameParameter", "configMapName"},
                  {"configMapAsEnv", "configMapNameParameter", "configMapName"}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct node *list = node_get(x->k->config, fields[i].list);
        for (size_t k = 0; k < node_count(list); k++) {
            struct node *entry = list->items[k];
            struct str text = node_text_of(entry, fields[i].text);
            if (node_get(entry, fields[i].parameter))
                add_reference(x, entry, NULL, node_get(entry, fields[i].parameter));
            else if (node_get(entry, "taskOutputParameter") || node_get(entry, "componentInputParameter"))
                add_reference(x, entry, NULL, entry);
            else if (text.n)
                set_name(x, entry, text);
            else
                wrong(x, "invalid_kubernetes", entry, "%s[%zu] needs %s", fields[i].list, k, fields[i].text);
        }
    }
}

static void read_objects(struct reading *x)
{
    static const struct {
        const char *list, *parameter, *type;
    } fields[] = {{"tolerations", "tolerationJson", "core.Toleration"},
                  {"nodeAffinity", "nodeAffinityJson", "core.NodeAffinity"}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct node *list = node_get(x->k->config, fields[i].list);
        for (size_t k = 0; k < node_count(list); k++)
            if (node_get(list->items[k], fields[i].parameter))
                add_reference(x, list->items[k], fields[i].type, node_get(list->items[k], fields[i].parameter));
    }
    struct node *selector = node_get(x->k->config, "nodeSelector");
    if (node_get(selector, "nodeSelectorJson"))
        add_reference(x, selector, "{}string", node_get(selector, "nodeSelectorJson"));
}

const struct kubernetes *kubernetes_read(struct reader *r, const struct scope *s, const struct level_task *t)
{
    const struct node *annotations = node_get(t->node, "annotations");
    const struct node *given = annotation_value(r->a, annotations, "kubernetes");
    if (!given)
        return NULL;
    struct kubernetes *k = arena_new_of(r->a, struct kubernetes);
    struct reading x = {r, s, t, k};
    const struct node *place = node_get(annotations, KEY);
    k->pointer = pointer_key(r->a, pointer_key(r->a, t->pointer, STR("annotations")), STR(KEY));
    k->place = place == given ? NULL : place; /* a text of its own has lines of its own */
    if (t->ref.component->custom) {
        wrong(&x, "unsupported_on_custom_task", place, "a custom task has no pod of Tekton's");
        return NULL;
    }
    if (!node_is_map(given)) {
        wrong(&x, "invalid_kubernetes", place, "it must be a map, not a %s", node_kind_name(given));
        return NULL;
    }
    k->config = decode(&x, TYPE, normal_message(r->a, schema_find(STR(TYPE)), node_copy(r->a, given)));
    if (!k->config)
        return NULL;
    read_names(&x);
    read_objects(&x);
    return k;
}

void kubernetes_operands(const struct kubernetes *k, void (*use)(void *context, const struct node *operand),
                         void *context)
{
    for (size_t i = 0; k && i < k->count; i++)
        use(context, k->references[i].argument);
}

/* ---- values */

/* An input of its own: the component as this task sees it has one more. */
static size_t add_input(struct reader *r, struct graph_task *out, const struct graph_value *v)
{
    struct component *own = arena_new_of(r->a, struct component);
    *own = *out->component;
    struct interface *i = &own->interface;
    size_t n = i->input_count;
    i->inputs = arena_grow(r->a, i->inputs, n * sizeof *i->inputs, (n + 1) * sizeof *i->inputs);
    out->inputs = arena_grow(r->a, out->inputs, n * sizeof *out->inputs, (n + 1) * sizeof *out->inputs);
    i->inputs[n] = (struct port){.name = str_printf(r->a, "kubernetes-%zu", ++out->kubernetes_inputs)};
    i->input_count++;
    out->inputs[n] = *v;
    out->component = own;
    return n;
}

static void bind_object(struct reading *x, const struct kubernetes_reference *ref, const struct graph_value *v)
{
    if (v->source == SOURCE_TEXT) {
        struct node *text = node_str(x->r->a, v->text);
        text->line = ref->argument->line;
        text->column = ref->argument->column;
        set_object(x, ref->entry, ref->decode_as, text);
        return;
    }
    struct problem *p = wrong(x, "dynamic_kubernetes", ref->argument,
                              "Tekton takes names from parameters and results, not whole objects");
    problem_hint(x->r->ps, p, "write the object into the pipeline");
}

static void bind_reference(struct reading *x, struct scope *s, const struct kubernetes_reference *ref,
                           struct graph_task *out)
{
    struct graph_value v = argument_read(x->r, s, x->t, ref->argument, x->k->pointer);
    if (v.source == SOURCE_UNKNOWN)
        return;
    if (v.source == SOURCE_NONE) {
        wrong(x, "missing_input", ref->argument, "the optional input it refers to has no value");
    } else if (ref->decode_as) {
        bind_object(x, ref, &v);
    } else if (v.source == SOURCE_SECRET || (v.type.n && (!type_is_value(v.type) || str_is(v.type, "Secret")))) {
        struct str type = v.type.n ? v.type : STR("Secret");
        wrong(x, "type_mismatch", ref->argument, "a name is wanted, not %.*s", STR_ARG(type));
    } else if (v.source == SOURCE_TEXT) {
        set_name(x, ref->entry, v.text);
    } else if (v.source != SOURCE_INPUT && v.source != SOURCE_OUTPUT) {
        wrong(x, "unsupported_reference", ref->argument, "a name comes from one input or output, whole");
    } else if (!out->component->container) {
        struct problem *p = wrong(x, "unsupported_reference", ref->argument,
                                  "names from inputs and outputs are for components that are containers");
        problem_hint(x->r->ps, p, "write the name, or give the Tekton Task a param for it");
    } else {
        node_put(x->r->a, ref->entry, "input", node_int_new(x->r->a, (int64_t)add_input(x->r, out, &v)));
    }
}

void kubernetes_bind(struct reader *r, struct scope *s, const struct level_task *t, struct graph_task *out)
{
    if (!t->kubernetes)
        return;
    struct kubernetes own = *t->kubernetes;
    struct reading x = {r, s, t, &own};
    for (size_t i = 0; i < own.count; i++)
        bind_reference(&x, s, &own.references[i], out);
    out->kubernetes = own.config;
    out->kubernetes_pointer = s->foreign ? s->foreign_pointer : own.pointer;
    out->kubernetes_at = s->foreign ? s->foreign_at : own.place;
    const struct node *deadline = node_get(own.config, "activeDeadlineSeconds");
    int64_t seconds = 0;
    if (!deadline)
        return;
    if (out->timeout.n) {
        struct problem *p = wrong(&x, "timeout_twice", deadline, "activeDeadlineSeconds and timeout say the same");
        problem_hint(r->ps, p, "keep one of them");
    } else if (!node_int(deadline, &seconds) || seconds <= 0 || seconds > INT32_MAX) {
        wrong(&x, "invalid_timeout", deadline, "activeDeadlineSeconds must be from 1 to %d", INT32_MAX);
    } else {
        out->timeout = str_printf(r->a, "%llds", (long long)seconds);
    }
}
