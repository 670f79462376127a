/* Inside of the YAML reader: node_yaml.c (events to nodes), yaml_check.c (characters and messages), yaml_map.c (keys,
   merging), yaml_anchor.c. Nobody else includes it. */
#ifndef BASE_YAML_READER_H
#define BASE_YAML_READER_H

#include <yaml.h>

#include "base/node.h"

/* What a node with all that is below it costs each time it is used. */
struct cost {
    size_t nodes;
    size_t bytes;    /* of text and keys, and a little for each node */
    unsigned height; /* 0 for scalars */
};
#define NODE_COST 16

struct anchor {
    struct str name;
    struct node *node;
    struct cost cost;
    bool open; /* still inside of it */
};

/* A map or list that is being read. Its pairs (items: only the value) are at the end of reader.pairs. */
struct frame {
    struct node *node;
    size_t first; /* index in reader.pairs */
    struct cost before;
    unsigned height; /* of the highest child, plus one */
    size_t anchor;   /* index + 1; 0 = none */
    bool have_key;   /* maps: a key waits in `key` for its value */
    size_t merge;    /* maps: index + 1 of the pair of `<<`, counted from first; 0 = none */
    struct pair key;
};

struct reader {
    struct arena *a;
    struct err *e; /* never NULL */
    yaml_parser_t parser;
    yaml_event_t event;
    bool parser_live, event_live;

    struct frame frames[NODE_MAX_DEPTH];
    unsigned depth;
    struct pair *pairs;
    size_t count, cap;
    struct cost spent; /* so far; height is not used */
    size_t alias_bytes;

    struct anchor *anchors;
    size_t anchor_count, anchor_cap;
    uint32_t *anchor_slots; /* index + 1, found by the hash of the name; twice anchor_cap of them */

    const struct pair **key_slots;
    size_t key_slot_cap;
};

/* yaml_check.c */
MUST_USE enum status yaml_check_text(struct reader *r, struct str text);
MUST_USE enum status yaml_syntax_error(struct reader *r);
/* Fills r->e with a place; `at` counts from 0 as libyaml does. */
enum status yaml_fail(struct reader *r, yaml_mark_t at, enum status s, const char *code, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* yaml_map.c: moves the pairs of the innermost frame into its node; refuses keys that are there twice, applies `<<`. */
MUST_USE enum status yaml_finish_map(struct reader *r, struct frame *f);

/* yaml_anchor.c */
struct anchor *yaml_anchor_find(struct reader *r, struct str name);
/* Makes one, or makes an earlier one of that name anew. Returns its index. */
size_t yaml_anchor_add(struct reader *r, struct str name);

#endif
