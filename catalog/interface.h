/* The typed interface of a component or pipeline, its comparison, and which ports fit together. */
#ifndef CATALOG_INTERFACE_H
#define CATALOG_INTERFACE_H

#include "base/json.h"
#include "base/node.h"
#include "base/problem.h"

#define INTERFACE_MAX_PORTS 500 /* each way */

struct port {
    struct str name;
    struct str type; /* normalised for messages and JSON: "String", "Integer", "Model", …; empty = untyped */
    struct str description;
    const struct node *default_value; /* NULL = none; inputs only */
    bool optional;                    /* inputs only */
    unsigned line, column;
};

struct interface {
    struct port *inputs, *outputs;
    size_t input_count, output_count;
};

/* {inputs[{name, type, default, optional, description}], outputs[{name, type, description}]}; type null = untyped. */
void interface_json(struct json *j, const struct interface *i);
/* Reads what interface_json wrote. */
MUST_USE enum status interface_from_node(struct arena *a, const struct node *n, struct interface *out, struct err *e);
const struct port *interface_input(const struct interface *i, struct str name);
const struct port *interface_output(const struct interface *i, struct str name);

/* From the `type` of a port in a document: a name, a map such as {GCSPath: {…}} (its first key), or nothing. KFP v2
   spellings are folded into v1's: STRING → String, NUMBER_INTEGER → Integer, NUMBER_DOUBLE → Float, BOOLEAN → Boolean,
   LIST → JsonArray, STRUCT → JsonObject; List → JsonArray, Dict → JsonObject, Bool → Boolean, … */
struct str type_normal(struct arena *a, const struct node *type);
/* Small values rather than files: String, Integer, Float, Boolean, JsonArray, JsonObject and their like. */
bool type_is_value(struct str type);
/* Equal after normalisation, either untyped, or a lossless conversion (Integer → Float → String, Boolean → String,
   JsonArray → String, JsonObject → String). */
bool type_fits(struct str from, struct str to);
/* Folders that tasks share (component.h): fits only itself, not even what has no type. */
bool type_is_workspace(struct str type);

enum interface_change { INTERFACE_IDENTICAL, INTERFACE_COMPATIBLE, INTERFACE_BREAKING };
/* Breaking: an input removed, made required or of a type that the old one does not fit; a required input added; an
   output removed or retyped. Compatible: optional inputs or outputs added, defaults or texts changed. */
enum interface_change interface_compare(const struct interface *from, const struct interface *to);
/* {verdict: identical | compatible | breaking, inputs, outputs: {added[port], removed[port], changed[{name, from: port,
   to: port}]}}; ports as interface_json writes them. Changed is what differs in anything. */
void interface_diff_json(struct json *j, const struct interface *from, const struct interface *to);

#endif
