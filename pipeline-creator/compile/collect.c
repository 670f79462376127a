/*
 * Tasks of ours that make a JSON list of what the iterations of a loop made.
 *
 * Parts are values, or, where conditions may skip some of them, files: a missing result would make Tekton skip the
 * collector, a missing file is left out. A matrix hands over its results as one array, in the order of the names of its
 * TaskRuns, in which 10 comes before 2; their numbers come beside it.
 */
#include "pipeline-creator/compile/plan.h"
#include "pipeline-creator/tekton/build.h"

#define ORDER "iterations" /* the parameter with the numbers of a matrix's iterations */

/*
 * Arguments: the file for the list, the file for the same as an array of texts (each may be empty), the type of the
 * items, then the items; of a matrix the numbers and "--" before them. All get a "=" in front, so that awk takes none
 * for an option. Texts of types that JSON has are written bare where they look so.
 */
#define PROGRAM(items)                                                                                                 \
    "for argument do\n"                                                                                                \
    "  set -- \"$@\" \"=$argument\"\n"                                                                                 \
    "  shift\n"                                                                                                        \
    "done\n"                                                                                                           \
    "LC_ALL=C awk '\n"                                                                                                 \
    "function argument(i) { return substr(ARGV[i], 2) }\n"                                                             \
    "function quoted(text,   i, c, out) {\n"                                                                           \
    "  for (i = 1; i <= length(text); i++) { c = substr(text, i, 1); out = out ((c in escaped) ? escaped[c] : c) }\n"  \
    "  return \"\\\"\" out \"\\\"\"\n"                                                                                 \
    "}\n"                                                                                                              \
    "function bare(text,   ends) {\n"                                                                                  \
    "  if (type == \"Integer\" || type == \"Float\")\n"                                                                \
    "    return text ~ /^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?$/\n"                                          \
    "  if (type == \"Boolean\")\n"                                                                                     \
    "    return tolower(text) == \"true\" || tolower(text) == \"false\"\n"                                             \
    "  gsub(/^[ \\t\\r\\n]+/, \"\", text)\n"                                                                           \
    "  gsub(/[ \\t\\r\\n]+$/, \"\", text)\n"                                                                           \
    "  ends = substr(text, 1, 1) substr(text, length(text))\n"                                                         \
    "  return (type == \"JsonArray\" && ends == \"[]\") || (type == \"JsonObject\" && ends == \"{}\")\n"               \
    "}\n"                                                                                                              \
    "function add(text) {\n"                                                                                           \
    "  list = list comma (!bare(text) ? quoted(text) : type == \"Boolean\" ? tolower(text) : text)\n"                  \
    "  texts = texts comma quoted(text)\n"                                                                             \
    "  comma = \",\"\n"                                                                                                \
    "}\n"                                                                                                              \
    "function write(text, file) { if (file != \"\") printf \"[%s]\", text > file }\n"                                  \
    "BEGIN {\n"                                                                                                        \
    "  for (i = 1; i < 32; i++) escaped[sprintf(\"%c\", i)] = sprintf(\"\\\\u%04x\", i)\n"                             \
    "  escaped[\"\\n\"] = \"\\\\n\"; escaped[\"\\t\"] = \"\\\\t\"; escaped[\"\\r\"] = \"\\\\r\"\n"                     \
    "  escaped[\"\\\"\"] = \"\\\\\\\"\"; escaped[\"\\\\\"] = \"\\\\\\\\\"\n"                                           \
    "  type = argument(3)\n" items "  write(list, argument(1))\n"                                                      \
    "  write(texts, argument(2))\n"                                                                                    \
    "}' \"$@\"\n"

static const char values_program[] = PROGRAM("  for (i = 4; i < ARGC; i++) add(argument(i))\n");

/* A whole file is one record; what ends a record is put back where a text has it. */
static const char files_program[] = PROGRAM("  RS = \"\\001\"\n"
                                            "  for (i = 4; i < ARGC; i++) {\n"
                                            "    text = between = \"\"\n"
                                            "    while ((got = (getline part < argument(i))) > 0) {\n"
                                            "      text = text between part\n"
                                            "      between = RS\n"
                                            "    }\n"
                                            "    if (got == 0) add(text)\n"
                                            "  }\n");

static const char matrix_program[] = PROGRAM("  for (first = 4; first < ARGC && argument(first) != \"--\"; first++) "
                                             "number[first - 4] = argument(first) + 0\n"
                                             "  count = first++ - 4\n"
                                             "  if (ARGC - first != count) {\n"
                                             "    print \"an iteration did not write its output\" > \"/dev/stderr\"\n"
                                             "    exit 1\n"
                                             "  }\n"
                                             "  for (i = 0; i < count; i++) {\n"
                                             "    place = 0\n"
                                             "    for (k = 0; k < count; k++) place += number[k] < number[i]\n"
                                             "    at[place] = first + i\n"
                                             "  }\n"
                                             "  for (i = 0; i < count; i++) add(argument(at[i]))\n");

static bool from_matrix(const struct task_plan *t)
{
    return t->task->component->interface.input_count == 1 && t->task->inputs[0].every;
}

/* ---- conditions */

/* Conditions over texts: whether they hold is known. */
static bool is_fixed(const struct graph_condition *c, bool holding)
{
    bool holds = false;
    for (size_t i = 0; i < c->count; i++)
        holds = holds || str_eq(c->left.text, c->values[i]);
    return c->left.source == SOURCE_TEXT && (holds != c->negated) == holding;
}

static bool has_when(const struct task_plan *t, const struct graph_condition *c)
{
    for (size_t i = 0; i < t->when_count; i++)
        if (plan_same_condition(t->when[i], c))
            return true;
    return false;
}

static const struct task_plan *producer(const struct plan *p, const struct task_plan *t, size_t k)
{
    const struct graph_value *v = &t->task->inputs[k];
    return v->source == SOURCE_OUTPUT ? &p->tasks[v->index] : NULL;
}

static bool never_made(const struct task_plan *from)
{
    for (size_t i = 0; from && i < from->when_count; i++)
        if (is_fixed(from->when[i], false))
            return true;
    return false;
}

static bool all_demand(const struct plan *p, const struct task_plan *t, const struct graph_condition *c)
{
    for (size_t k = 0; k < t->task->component->interface.input_count; k++) {
        const struct task_plan *from = producer(p, t, k);
        if (!from || (!never_made(from) && !has_when(from, c)))
            return false;
    }
    return true;
}

/* What all parts demand is demanded of the whole: without it there are none. */
static void inherit_common(struct plan *p, struct task_plan *t)
{
    size_t first = 0, count = t->task->component->interface.input_count;
    while (first < count && never_made(producer(p, t, first)))
        first++;
    const struct task_plan *from = first < count ? producer(p, t, first) : NULL;
    for (size_t i = 0; from && i < from->when_count; i++)
        if (!is_fixed(from->when[i], true) && all_demand(p, t, from->when[i]))
            plan_add_when(p, t, from->when[i]);
}

static bool may_be_missing(const struct task_plan *t, const struct task_plan *from)
{
    if (!from)
        return false;
    for (size_t i = 0; i < from->when_count; i++)
        if (!is_fixed(from->when[i], true) && !has_when(t, from->when[i]))
            return true;
    return from->task->on_error_continue;
}

void collect_plan(struct plan *p, struct task_plan *t)
{
    size_t count = t->task->component->interface.input_count;
    inherit_common(p, t);
    for (size_t k = 0; k < count; k++) {
        const struct task_plan *from = producer(p, t, k);
        t->tolerant = t->tolerant || (!never_made(from) && may_be_missing(t, from));
    }
    for (size_t k = 0; k < count; k++) {
        bool used = from_matrix(t) || !never_made(producer(p, t, k));
        t->inputs[k].value_used = used && !t->tolerant;
        t->inputs[k].path_used = used && t->tolerant;
    }
}

/* ---- the step */

static struct str result_path(struct plan *p, struct str result)
{
    return result.p ? STR_JOIN(p->a, STR("$(results."), result, STR(".path)")) : STR("");
}

void collect_step(struct plan *p, struct task_plan *t, struct node *step)
{
    struct arena *a = p->a;
    const struct output_plan *o = &t->outputs[0];
    struct node *args = node_seq(a);
    /* what is an array only, for loops and Tekton Tasks, is that of texts */
    bool texts = o->how == PASS_LIST || o->by_whole;
    node_push(a, args, node_str(a, texts ? STR("") : path_of_output(p, t, 0)));
    node_push(a, args, node_str(a, texts ? path_of_output(p, t, 0) : result_path(p, o->list)));
    node_push(a, args, node_str(a, t->task->item_type));
    if (from_matrix(t)) {
        node_push(a, args, node_cstr(a, "$(params." ORDER "[*])"));
        node_push(a, args, node_cstr(a, "--"));
    }
    for (size_t k = 0; k < t->task->component->interface.input_count; k++) {
        if (t->task->inputs[k].every)
            node_push(a, args, node_str(a, STR_JOIN(a, STR("$(params."), t->inputs[k].name, STR("[*])"))));
        else if (t->inputs[k].value_used)
            node_push(a, args, node_str(a, command_value(p, t, k)));
        else if (t->inputs[k].path_used)
            node_push(a, args, node_str(a, path_of_input(p, t, k)));
    }
    const char *program = from_matrix(t) ? matrix_program : t->tolerant ? files_program : values_program;
    node_put(a, step, "command", build_shell(a, program, "collect"));
    node_put(a, step, "args", args);
}

void collect_reserve_names(const struct graph *g, struct name_set *params)
{
    for (size_t k = 0; k < g->task_count; k++) {
        if (!g->tasks[k].collects)
            continue;
        (void)names_variable(params, STR(ORDER), "input");
        return;
    }
}

void collect_order(struct plan *p, const struct task_plan *t, struct node *params, struct node *declared)
{
    if (!t->task->collects || !from_matrix(t))
        return;
    const struct task_plan *from = producer(p, t, 0);
    if (declared)
        node_push(p->a, declared, build_array(p->a, STR(ORDER)));
    if (params)
        node_push(
            p->a, params,
            build_param(p->a, STR(ORDER),
                        STR_JOIN(p->a, STR("$(tasks."), from->name, STR(".results."), from->iteration, STR("[*])"))));
}
