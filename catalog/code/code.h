/*
 * Components from code: a Python function or a shell script becomes a KFP v1 container component. The code is carried
 * in the component's command, as the KFP SDK's create_component_from_func does it. Nothing that is read is run: what a
 * function takes and gives is read off its header. Pure.
 *
 * Python: str, int, float, bool, list and dict are String, Integer, Float, Boolean, JsonArray and JsonObject; any other
 * type is written as a string ('CSV'), and none is String. InputPath and OutputPath parameters get the path of a file,
 * and lose `_path` and `_file` at the end of their name. What is returned is the output Output, or those of a
 * NamedTuple. Only the function itself is carried, so it has to import what it needs.
 *
 * Shell: ports are given beside the script. They are environment variables of the same name (what no name of a variable
 * can have becomes _): an input is its value, an output the path of the file to write, whose folder exists. A port
 * without a type is String.
 */
#ifndef CATALOG_CODE_CODE_H
#define CATALOG_CODE_CODE_H

#include "base/problem.h"

#define CODE_MAX_BYTES    ((size_t)64 << 10) /* the program is one argument of a command; Linux takes 128 KiB */
#define CODE_MAX_PORTS    100
#define CODE_MAX_PACKAGES 50

enum code_language { CODE_PYTHON, CODE_SHELL };

struct code_port {
    struct str name, type, description; /* type: KFP's name; may be empty */
    bool optional, has_default;
    struct str default_value; /* as text; with has_default */
};

struct code_request {
    enum code_language language;
    struct str source;
    struct str function; /* Python: which one; empty = the only one */
    struct str name;     /* title of the component; empty = from the function (shell: required) */
    struct str image;    /* empty = python:3.11-slim, busybox:1.36 (shell), bash:5.2 (shell that begins #!…bash) */
    const struct str *packages;
    size_t package_count; /* Python: for pip; "name", "name[extra]>=1.2,<2" */
    const struct code_port *inputs, *outputs;
    size_t input_count, output_count; /* shell only */
};

/*
 * The component as a document, ready for node_write_yaml(); NULL when ps has errors. Lines and columns are those of the
 * source (column counts bytes), paths those of the API's request (/source, /inputs/0/name, /packages/1).
 * Errors: too_large, not_utf8, syntax, no_function, several_functions, unknown_function, unsupported_function,
 * unsupported_parameter, unsupported_type, unsupported_default, wrong_default, unsupported_return, outside_name,
 * duplicate_name, bad_name, bad_type, bad_package, not_for_shell, not_for_python, too_many, missing_name; and those of
 * package_read() for what makes no good component. Warnings: needs_network, decorator.
 */
struct node *code_component(struct arena *a, const struct code_request *rq, struct problems *ps);

#endif
