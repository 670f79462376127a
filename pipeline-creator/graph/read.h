/* Shared by the files that read a graph; nobody else includes it. */
#ifndef PIPELINE_CREATOR_GRAPH_READ_H
#define PIPELINE_CREATOR_GRAPH_READ_H

#include "pipeline-creator/graph/graph.h"
#include "pipeline-creator/graph/map.h"

/* What a componentRef resolved to. */
struct resolved {
    const struct component *component; /* NULL: missing, or wrong and reported */
    struct str identity;               /* of a pipeline that nests: digest, or empty; finds recursion */
    struct str digest, name;           /* as in graph_task */
    struct str pointer;                /* of the spec where it stands in the document, else of the reference */
    bool foreign;                      /* its text is not part of the document: no lines or pointers of its own */
};

struct scope;
struct level_task;

/* An input that gets the item of a loop, or a member of it. */
struct loop_port {
    size_t port;
    struct str member; /* p NULL = the item itself */
};

/* component-hub.dev/iterate of a task. Loops over what is known while compiling are unrolled into rounds, or stay one
   task with a matrix where that says the same. */
struct loop {
    const struct node *over, *at;
    struct str pointer;
    struct loop_port *ports;
    size_t port_count;
    int64_t parallelism;      /* 0 = no limit */
    const struct node *items; /* a list; NULL = not known while compiling */
    size_t input;             /* of the pipeline: where the items come from; SIZE_MAX = from none */
    bool matrix, bound;
    struct level_task *rounds; /* one for each item, unless matrix */
    size_t round_count;
    struct graph_condition *conditions; /* of the task as a whole */
    size_t condition_count;
    size_t *collectors; /* for each output the task in graph.tasks that collects it; SIZE_MAX = none yet */
};

/* A task of one graph, before flattening. */
struct level_task {
    struct str id, path, pointer;
    const struct node *node;
    struct node key; /* place of its name, for messages */
    struct resolved ref;
    struct scope *inner;         /* when it is a pipeline */
    size_t flat;                 /* when it is a container: its number in graph.tasks */
    struct graph_value *outputs; /* when it is a pipeline and bound: one for each of its outputs */
    bool exit_handler;
    struct loop *loop;                   /* of the task itself, or that which it is a round of */
    const struct node *item;             /* when it is a round */
    const struct kubernetes *kubernetes; /* NULL = nothing */
};

/* One graph: the document's, or that of a pipeline which is used as a task. */
struct scope {
    struct scope *parent;
    const struct level_task *owner; /* the task that it is the inside of; NULL = it is the document's */
    unsigned depth;
    const struct component *component;
    const struct node *graph;
    struct str identity, path, pointer, tasks_pointer; /* pointer: of the ComponentSpec */
    bool foreign;
    const struct node *foreign_at; /* place in the document that stands for what is foreign */
    struct str foreign_pointer;
    struct level_task *tasks;
    size_t count;
    struct map ids;
    struct graph_value *inputs; /* as component->interface.inputs */
    bool *input_used;
    size_t first_flat, end_flat;        /* its container tasks in graph.tasks */
    struct graph_condition *conditions; /* inherited */
    size_t condition_count;
    size_t *after; /* inherited */
    size_t after_count;
    uint64_t retries; /* inherited, as on_error_continue: of tasks that do not say it themselves */
    bool on_error_continue;
    struct outputs_in_use *outputs_in_use; /* custom.c; NULL = not looked for yet */
    const size_t *edge_from, *edge_to;     /* numbers of tasks: edge_to needs edge_from; what exists only */
    size_t edge_count;
};

/* Components are read once for each place or text, however many tasks use them. */
struct reader {
    struct arena *a;
    const struct graph_input *in;
    struct graph *out;
    struct problems *ps;
    struct map known;   /* key → number in in->known */
    struct map missing; /* key → number in out->missing */
    struct map locked;  /* key → number in out->lock */
    struct map texts;   /* digest of a component's text → number in resolved_list */
    struct map specs;   /* address of an inline spec (aliases share it) → number in resolved_list */
    struct component **components;
    size_t component_count, component_cap;
    size_t task_cap, missing_cap, lock_cap, check_cap;
    size_t pipeline_count; /* that nest */
    bool too_many;
    bool trying;               /* an argument is looked at that is not in the document: fix.c */
    size_t compared;           /* names, for slips of the pen */
    const struct port *wanted; /* that the argument being read is for; NULL = no port, or any will do */
};

/* A problem at a place of a scope; in a foreign one it is put where the document refers to it. */
struct problem *scope_problem(struct reader *r, const struct scope *s, enum severity severity, const char *code,
                              struct str pointer, const struct node *at, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* reference.c */
void reference_init(struct reader *r);
/* Problems and missing references are recorded; false when the component cannot be used. */
bool reference_resolve(struct reader *r, const struct scope *s, struct level_task *t);
/* Whether a text or tree is some other kind of document than a ComponentSpec; names it. */
const char *reference_foreign_format(const struct node *document);

/*
 * fix.c: what the caller can do about a problem, as a JSON patch of the document. Nothing is offered where the place
 * is not part of the document, nor what would bring an error that was not there; graph_fixes_hold() takes back what
 * points into an annotation that is a text.
 */
bool fix_wanted(const struct reader *r, const struct scope *s);
void fix_remove(struct reader *r, const struct scope *s, struct problem *p, struct str pointer);
/* value is referenced. */
void fix_replace(struct reader *r, const struct scope *s, struct problem *p, struct str pointer, struct node *value);
void fix_replace_text(struct reader *r, const struct scope *s, struct problem *p, struct str pointer, struct str text);
/* A key of the map at `pointer`, which keeps its value. */
void fix_rename(struct reader *r, const struct scope *s, struct problem *p, struct str pointer, struct str from,
                struct str to, struct node *value);
/* Another name in a reference {<kind>: {<field>: …}}, where one is likely meant and would do. */
void fix_reference(struct reader *r, struct scope *s, const struct level_task *t, struct problem *p,
                   const struct node *n, struct str pointer, const char *kind, const char *field, struct str name);
/* Another name in {dynamicData: …}, likewise. */
void fix_dynamic(struct reader *r, struct scope *s, const struct level_task *t, struct problem *p, const struct node *n,
                 struct str pointer, struct str name);
/* Takes a name out of a depends-on list, all of it or all but the first; with `instead`, that stands there. */
void fix_depends_on(struct reader *r, const struct scope *s, const struct level_task *t, struct problem *p,
                    struct str name, bool keep_first, struct str instead);
/* Cuts what makes t need the task `id`, where t can do without. */
bool fix_cut(struct reader *r, const struct scope *s, const struct level_task *t, struct problem *p, struct str id);
/* Connects an input to the one thing in the pipeline that has its name and fits. */
void fix_connect(struct reader *r, struct scope *s, const struct level_task *t, struct problem *p,
                 const struct port *port);
/* Removes the port of a pipeline at `pointer`, and what the task that uses the pipeline gives for it. */
void fix_unused_input(struct reader *r, const struct scope *s, struct problem *p, struct str pointer,
                      const struct port *port);
void fix_unused_output(struct reader *r, const struct scope *s, struct problem *p, size_t number);
/* Whether the task needs the other one, directly or not; true also where that is hard to say. */
bool fix_waits_for(struct reader *r, const struct scope *s, const struct level_task *t, const struct level_task *other);

/* The name of a list that was likely meant: few slips, and no other name as near. */
struct near {
    struct str wanted, best;
    size_t slips;
    bool several;
};
struct near near_to(struct str wanted);
void near_try(struct reader *r, struct near *n, struct str name);
/* Empty when there is none. */
struct str near_best(const struct near *n);
/* Equal but for case, spaces, dashes and underscores. */
bool near_same(struct str x, struct str y);
struct str near_port(struct reader *r, const struct port *ports, size_t count, struct str wanted);
struct str near_task(struct reader *r, const struct scope *s, struct str wanted);

/* unreachable.c */
/* Warns of tasks that can never run, once the graph is complete and without errors. */
void unreachable_tell(struct reader *r);

/* custom.c */
/* The component of a custom task with the ports that the document uses. NULL: too many, and told. */
const struct component *custom_component(struct reader *r, struct scope *s, const struct level_task *t);

/* argument.c */
/* The value of an argument, operand or output in a scope. `t` is the task that it is for, NULL for an output. */
struct graph_value argument_read(struct reader *r, struct scope *s, const struct level_task *t, const struct node *n,
                                 struct str pointer);
/* Whether an argument that is not there would do for the port (NULL = any); nothing is reported. */
bool argument_would_do(struct reader *r, struct scope *s, const struct level_task *t, const struct node *n,
                       struct str pointer, const struct port *port);
/* The arguments of a task for its component's inputs, with checks and defaults. */
struct graph_value *arguments_bind(struct reader *r, struct scope *s, const struct level_task *t);
/* The task of an argument's taskOutput; empty when it is none. */
struct str argument_task(const struct node *n);
/* What stands for a value that a problem was told about. */
static inline struct graph_value unknown_value(const struct node *at)
{
    return (struct graph_value){.source = SOURCE_UNKNOWN, .at = at};
}

/* dynamic.c */
/* The value of {dynamicData: …}: a variable of the run or a secret. `t` as for argument_read. */
struct graph_value dynamic_read(struct reader *r, struct scope *s, const struct level_task *t, const struct node *n,
                                struct str pointer);
/* Where only text that may be seen can stand: secrets and what a task alone knows are a problem. */
bool dynamic_is_text(struct reader *r, const struct scope *s, const struct graph_value *v, struct str pointer,
                     const char *where);

/* template.c: the annotation component-hub.dev/template, text mixed from several sources */
/* The annotation's map from inputs to parts; NULL when there is none or it has a wrong shape, which is reported when
   `report`. */
const struct node *template_map(struct reader *r, const struct scope *s, const struct level_task *t, bool report,
                                struct str *pointer);
/* The value mixed from a list of parts. */
struct graph_value template_read(struct reader *r, struct scope *s, const struct level_task *t, const struct node *n,
                                 struct str pointer);

/* Tells what there is instead of a port that does not exist. */
void argument_hint_ports(struct reader *r, struct problem *p, const struct port *ports, size_t count,
                         struct str wanted);

/* condition.c */
/* Adds what isEnabled demands to the list, and to graph.checks what has to be computed. */
void conditions_read(struct reader *r, struct scope *s, const struct level_task *t, struct graph_condition **list,
                     size_t *count);
/* Calls use(context, operand) for each operand of an isEnabled. */
void condition_operands(const struct node *predicate, void (*use)(void *context, const struct node *operand),
                        void *context, unsigned depth);

/* settings.c */
/* Retries, time-out, on-error, exit handler, passing; what is not supported is a problem. */
void settings_read(struct reader *r, struct scope *s, const struct level_task *t, struct graph_task *out);
bool settings_exit_handler(struct reader *r, const struct level_task *t);
bool settings_on_error(struct reader *r, const struct level_task *t);
/* The pointer of one of the hub's annotations of a task; *place is its node, NULL when it is not there. */
struct str settings_pointer(struct reader *r, const struct level_task *t, const char *key, const struct node **place);
/* The depends-on list of a task or NULL; a wrong shape is reported when `report`. */
const struct node *settings_depends_on(struct reader *r, const struct scope *s, const struct level_task *t,
                                       bool report);
/* Annotations of the pipeline itself: options. */
void settings_pipeline(struct reader *r, const struct scope *s);

/* loop.c */
/* The loop of a task whose component is known, or NULL: it has none, or a wrong one (*wrong, reported). */
struct loop *loop_read(struct reader *r, const struct scope *s, const struct level_task *t, bool *wrong);
/* Calls use(context, operand) for what a loop goes over. */
void loop_operand(struct reader *r, const struct level_task *t, void (*use)(void *context, const struct node *operand),
                  void *context);
/* The value of an input that gets the item of the task's loop; false: it is another input. */
bool loop_input(struct reader *r, const struct level_task *t, size_t port, struct graph_value *out);
/* Reads and checks what a loop goes over; false where it cannot run over it (reported). *over is SOURCE_NONE for a
   list that is written in the document. */
bool loop_bind(struct reader *r, struct scope *s, struct level_task *t, struct graph_value *over);
/* The loop of a task that stays one task. */
struct graph_loop *loop_matrix(struct reader *r, const struct level_task *t, const struct graph_value *over);

/* collect.c */
/* What all iterations of a task made of an output, as a list. */
struct graph_value collect_output(struct reader *r, struct scope *s, const struct level_task *from, size_t port,
                                  const struct node *at, struct str pointer);

/* kubernetes.c */
/* Reads the annotation `kubernetes` of a container task; what is wrong with it is reported. */
const struct kubernetes *kubernetes_read(struct reader *r, const struct scope *s, const struct level_task *t);
/* Calls use(context, operand) for each input or output that it refers to, as conditions do. */
void kubernetes_operands(const struct kubernetes *k, void (*use)(void *context, const struct node *operand),
                         void *context);
/* Puts the values of the references in, adding inputs to the task where they come while running. */
void kubernetes_bind(struct reader *r, struct scope *s, const struct level_task *t, struct graph_task *out);

/* dependencies.c */
/* The numbers of a graph's tasks, each after those it needs; as they stand where they need each other in a circle,
   which is told, as are connections that say nothing. Sets the scope's edges. */
size_t *dependencies_order(struct reader *r, struct scope *s);

/* scope.c */
/* Room for one more task in graph.tasks. */
size_t scope_new_flat(struct reader *r, struct str path, struct str id, const struct component *component);
/* The path of something inside the task at `parent`. */
struct str scope_path(struct reader *r, struct str parent, struct str id);
/* Reads the tasks of a graph and of what nests in it; room in graph.tasks is taken in the order of the document. */
void scope_expand(struct reader *r, struct scope *s);
/* Binds arguments, conditions and order, each task after those it needs. */
void scope_bind(struct reader *r, struct scope *s);

#endif
