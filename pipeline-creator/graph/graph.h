/*
 * The pipeline document (DESIGN §4), read and checked: tasks with their resolved components, typed arguments, order.
 * No I/O: what it needs from a hub it names in `missing`, the caller fetches and calls again.
 */
#ifndef PIPELINE_CREATOR_GRAPH_H
#define PIPELINE_CREATOR_GRAPH_H

#include "catalog/component.h"

#define GRAPH_MAX_TASKS 5000 /* after flattening */
#define GRAPH_MAX_DEPTH 16   /* of nested pipelines */

/* A reference in a document that only a hub can resolve. */
struct graph_reference {
    struct str key;  /* as it stands in the document: "sha256:<hex>" or "[namespace/]name[@version|tag]" */
    struct str path; /* JSON pointer of the componentRef */
    struct str task; /* path of the task, "a/b" */
    unsigned line, column;
};

/* What the hub found for a key. A key the hub does not know is given with found = false, so that it becomes a problem
   with the place rather than being asked for again. */
struct graph_known {
    struct str key;
    bool found;
    struct str text;                             /* the component's or pipeline's main file */
    struct str namespace, name, version, digest; /* digest: "sha256:<hex>" */
    bool is_pipeline;
    bool deprecated; /* gives a warning */
};

/* ---- the graph: read, resolved, flattened, checked */

/* Where a value comes from once nested pipelines are flattened. */
enum graph_source {
    SOURCE_NONE,   /* absent: an optional input that nothing is bound to */
    SOURCE_TEXT,   /* known while compiling: a constant or a default */
    SOURCE_INPUT,  /* an input of the pipeline, given when launching */
    SOURCE_OUTPUT, /* an output of another task */
    SOURCE_RUN,    /* a variable of the run */
    SOURCE_SECRET, /* an entry of a Kubernetes Secret: only the reference is known here, ever */
    SOURCE_PARTS,  /* text mixed from several sources */
    SOURCE_ITEM,   /* the item of the loop that the task runs in, by matrix */
    SOURCE_UNKNOWN /* there was a problem already; nothing more is said about it */
};

/* SOURCE_RUN: what only the engine knows. */
enum graph_variable {
    VARIABLE_RUN_NAME,
    VARIABLE_RUN_UID,
    VARIABLE_RUN_NAMESPACE,
    VARIABLE_RETRY_COUNT /* of the task that receives it; never part of a text, operand or output */
};

struct graph_value {
    enum graph_source source;
    enum graph_variable variable; /* SOURCE_RUN */
    struct str text;              /* SOURCE_TEXT; SOURCE_SECRET: name of the Secret */
    struct str key;               /* SOURCE_SECRET: which of its entries */
    size_t index;                 /* SOURCE_INPUT: of the pipeline's inputs; SOURCE_OUTPUT: of graph.tasks */
    size_t port;                  /* SOURCE_OUTPUT: of the component's outputs */
    bool every;                   /* SOURCE_OUTPUT: what each iteration of that task made, a list */
    struct graph_value *parts;    /* SOURCE_PARTS: at least two, each TEXT, INPUT, OUTPUT or RUN; */
    size_t part_count;            /* no two TEXT side by side */
    struct str type;              /* normalised; empty = untyped */
    const struct node *at;        /* where it stands; for messages */
};

/* The value itself, or the parts of one that is mixed; returns how many *first is the first of. */
static inline size_t graph_parts(const struct graph_value *v, const struct graph_value **first)
{
    bool mixed = v->source == SOURCE_PARTS;
    *first = mixed ? v->parts : v;
    return mixed ? v->part_count : 1;
}

/* left is one of the values (negated: is none of them): what Tekton's `when` can say */
struct graph_condition {
    struct graph_value left; /* TEXT, INPUT, OUTPUT or RUN; with `check` its answer, which compile/check.c puts here */
    bool negated;
    struct str *values;
    size_t count;
    size_t check; /* 1 + the number in graph.checks; 0 = none */
    const struct node *at;
    struct str pointer;
};

/* A task that runs once for each item of a list, by Tekton's matrix. Other loops are unrolled into tasks. */
struct graph_loop {
    size_t port;             /* the input that gets the item: its value is SOURCE_ITEM */
    struct graph_value over; /* SOURCE_OUTPUT, SOURCE_INPUT, or SOURCE_TEXT, which then stands in items */
    struct str *items;       /* where they are known while compiling, also of SOURCE_INPUT; NULL = they are not */
    size_t count;
    const struct node *at; /* place of the annotation */
    struct str pointer;
};

/* What `when` cannot say: a tree of comparisons (graph/compare.h says what they mean). */
enum graph_test_kind {
    TEST_ALL, /* all parts hold; none = true */
    TEST_ANY, /* one of the parts holds; none = false */
    TEST_IN,  /* left is one of the values */
    TEST_EQUAL,
    TEST_LESS,
    TEST_LESS_OR_EQUAL
};

struct graph_test {
    enum graph_test_kind kind;
    bool negated; /* a comparison: it must not hold */
    struct graph_value left, right;
    struct str *values; /* TEST_IN */
    size_t count;
    struct graph_test *parts; /* TEST_ALL, TEST_ANY */
    size_t part_count;
};

/* The part of an isEnabled that `when` cannot say: once for each isEnabled, however many tasks are below it. */
struct graph_check {
    struct str path;            /* of the task that has the isEnabled, pipelines and loops included */
    const void *origin, *owner; /* the isEnabled, and the pipeline it stands in, once for each use of that */
    struct str pointer;
    const struct node *at;
    struct graph_test test;
    struct graph_condition *conditions; /* without these nobody asks for the answer */
    size_t condition_count;
};

/* One container task of the flattened pipeline. */
struct graph_task {
    struct str path; /* in the document: "train" or "outer/inner"; '/' and '~' inside an id as in JSON pointers */
    struct str id;   /* the last part of it, as written */
    struct str
        condition_of;      /* path of the task whose condition it computes (compile/check.c); empty: of the document */
    struct str pointer;    /* JSON pointer of the task, of the innermost one that stands in the document itself */
    const struct node *at; /* that task's node */
    const struct component *component;
    struct str digest;                  /* of the component: "sha256:…", or empty */
    struct str name;                    /* "namespace/name@version", or empty */
    struct graph_value *inputs;         /* one for each of the component's inputs, defaults filled in */
    struct graph_condition *conditions; /* all must hold; those of the enclosing pipelines are among them */
    size_t condition_count;
    size_t *after; /* indices of tasks: depends-on; data edges are not repeated here */
    size_t after_count;
    uint64_t retries;
    struct str timeout; /* Go duration; empty = none */
    bool on_error_continue;
    bool exit_handler;
    const struct node *annotations; /* of the task; NULL = none */
    const struct node *passing;     /* map output → "value" | "file", or NULL */
    struct str passing_pointer;
    const struct graph_loop *loop; /* NULL = it runs once */
    /* It stands for no task of the document: it makes a JSON list of its inputs, which are texts of item_type. Its
       component has ports and nothing else. */
    bool collects;
    struct str item_type;
    /* The annotation `kubernetes`, decoded as kfp.KubernetesExecutorConfig (tekton/executor_types.c), or NULL. What a
       `…Parameter` of an entry names is in the entry itself: as `name` (a text), as `input` (the number of the task's
       input that has it when running) or as `value` (an object). Such inputs stand behind those of the component as
       published, `component` being a copy with them. */
    const struct node *kubernetes;
    struct str kubernetes_pointer;
    const struct node *kubernetes_at; /* for problems, where the places of its parts are not the document's; or NULL */
    size_t kubernetes_inputs;         /* how many */
};

struct graph {
    struct component component; /* the document as a component */
    struct graph_task *tasks;   /* in the order of the document, depth first */
    size_t task_count;
    struct graph_check *checks;
    size_t check_count;
    struct graph_value *outputs;  /* one for each of the pipeline's outputs; SOURCE_NONE = has no value */
    struct str *parameter_values; /* one for each input: as given; valid where parameter_given */
    bool *parameter_given;
    bool *input_fixed;          /* likewise: a loop was unrolled over the value that the input has now */
    const struct node *options; /* of the document's annotation; NULL = none */
    struct graph_reference *missing;
    size_t missing_count;
    struct graph_known *lock; /* what references resolved to, in the order of first use */
    size_t lock_count;
};

struct graph_input {
    const struct node *document;
    const struct node *parameters; /* map input → value, or NULL */
    const struct graph_known *known;
    size_t known_count;
    bool launch; /* a required input without a value is then an error rather than a warning */
};

/*
 * Reads and checks. What is wrong goes to ps, which also gets the warnings. ERR_INVALID when ps has errors; OK
 * otherwise, also while references are missing: then what hangs on them is unchecked and *out must not be compiled.
 * Pure; everything lives in the arena; the result borrows the document. Linear in the size of the document.
 */
MUST_USE enum status graph_read(struct arena *a, const struct graph_input *in, struct graph *out, struct problems *ps,
                                struct err *e);

/* Takes back fixes that cannot be applied to the document; all of them where `document` is NULL. */
void graph_fixes_hold(const struct node *document, struct problems *ps);

/* Orders the numbers 0…n-1 by the edges from[i] → to[i], lower numbers first where there is a choice. False on a
   cycle: then order[0…*cycle-1] is one, each number needing the one before it. */
bool graph_order(struct arena *a, size_t n, const size_t *from, const size_t *to, size_t edges, size_t *order,
                 size_t *cycle);

/* Whether text can stand for a value of the type (normalised); types that are not values take any text. */
bool graph_text_fits(struct arena *a, struct str text, struct str type);
/* Whether a type (normalised) says that the value is a secret. */
static inline bool graph_type_is_secret(struct str type)
{
    return str_eq_nocase(type, STR("Secret"));
}
/*
 * A reference to an entry of a Kubernetes Secret as parameters and defaults write it: "name/key", or "name" for the
 * entry GRAPH_SECRET_KEY. False when it is none. Borrowed from text.
 */
#define GRAPH_SECRET_KEY "value"
bool graph_secret(struct str text, struct str *name, struct str *key);
/* The text that a program receives for a constant: scalars as written, lists and maps as JSON. */
struct str graph_text(struct arena *a, const struct node *n);

#endif
