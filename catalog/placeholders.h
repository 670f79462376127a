/* The command line of a container component: texts and placeholders (KFP v1, v1_structures.py). */
#ifndef CATALOG_PLACEHOLDERS_H
#define CATALOG_PLACEHOLDERS_H

#include "catalog/interface.h"

struct command_check {
    struct problems *ps;
    const struct interface *interface;
    bool *produced; /* one for each output: set when a placeholder or fileOutputs gives it a place */
};

/* A list of texts and placeholders (command, args, concat, then, else). */
void command_check_list(struct command_check *c, const struct node *list, struct str path);
/* One text or placeholder; `what` names it in messages. */
void command_check_item(struct command_check *c, const struct node *item, struct str path);
/* A declared output's name: marks it as produced, else error unknown_port. */
void command_check_output(struct command_check *c, struct str name, struct str path, const struct node *at);

#endif
