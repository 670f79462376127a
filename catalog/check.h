/* Helpers shared by the readers of this folder: fields of a map, ports under construction, texts for messages. */
#ifndef CATALOG_CHECK_H
#define CATALOG_CHECK_H

#include "catalog/interface.h"

/* Adds an error and gives it a hint (NULL = none). */
void check_error(struct problems *ps, const char *code, struct str path, const struct node *at, const char *hint,
                 const char *format, ...) __attribute__((format(printf, 6, 7)));

/*
 * Fields of `map`, whose own pointer is `path`. Absent and null count as the same. What is there but of another kind
 * is an error wrong_type, and comes back as if it were absent.
 */
struct str check_text(struct problems *ps, const struct node *map, struct str path, const char *key);
const struct node *check_map(struct problems *ps, const struct node *map, struct str path, const char *key);
const struct node *check_list(struct problems *ps, const struct node *map, struct str path, const char *key);
/* Not absent, not null, not empty text: else missing_field, NULL. */
const struct node *check_required(struct problems *ps, const struct node *map, struct str path, const char *key,
                                  const char *hint);
/* Required text; empty when there was an error. */
struct str check_required_text(struct problems *ps, const struct node *map, struct str path, const char *key,
                               const char *hint);
/* A boolean, or the strings "true" and "false" in any case, as people quote them. */
bool check_bool(struct problems *ps, const struct node *map, struct str path, const char *key);
/* A warning unknown_field for each key that is not in the NULL-terminated list; near ones are suggested. */
void check_known(struct problems *ps, const struct node *map, struct str path, const char *const *known);
/* The entry of the NULL-terminated list that `text` is likely a slip of the pen for, or NULL. */
const char *check_suggestion(struct str text, const char *const *known);

/* How many slips of the pen make `text` of `word`, case aside; SIZE_MAX where they are too many for a slip. */
size_t check_slips(struct str text, struct str word);

/* The keys of a map, sorted, so that checking many references stays fast however large the document is. */
struct names {
    struct str *list;
    size_t count;
};
struct names names_of(struct arena *a, const struct node *map);
bool names_have(const struct names *names, struct str name);

/* Room for `count` ports; more than INTERFACE_MAX_PORTS is the error too_many_ports and gives room for those only. */
struct port *check_ports_room(struct problems *ps, struct str path, const struct node *at, size_t count, size_t *room);
/* Sets the name unless it is taken already by one of the `count` ports before: error duplicate_name, false. */
bool check_port_name(struct problems *ps, const struct port *ports, size_t count, struct str path,
                     const struct node *at, struct str name);
/* Sets port->default_value from `value` after checking that it fits port->type; null means no default. */
void check_default(struct problems *ps, struct port *port, struct str path, const struct node *value);

/* Text inside of a document that is YAML or JSON itself: its tree, or NULL when it cannot be read. A lack of memory
   goes to the arena's guard and is not taken for a broken text. */
struct node *check_inner(struct arena *a, struct str text);

/* What a user wrote, for a message: one line of at most 60 bytes. */
struct str check_excerpt(struct arena *a, struct str text);
/* The longest prefix of at most `max` bytes that does not end inside a UTF-8 character. */
struct str utf8_cut(struct str text, size_t max);

#endif
