/*
 * One tree for YAML and JSON: what every reader of documents works on. Each node knows its line and column.
 *
 * The parser goes from libyaml's events straight into an arena. Limits (DESIGN §3): aliases expanded to at most
 * 10 MB of work, depth 64, 200,000 nodes, 32 MiB of text. Aliased nodes are shared, not copied, and count each time:
 * node_copy() before changing one. Duplicate keys are an error. Merge keys (<<) are applied. Keys are scalars, their
 * text as written. U+0000 is refused, as is every tag that is not one of YAML's own.
 *
 * Codes of the readers: yaml_syntax, yaml_utf8, yaml_empty, yaml_documents, yaml_duplicate_key, yaml_merge, yaml_key,
 * yaml_tag, yaml_alias, yaml_depth, yaml_nodes, yaml_size, yaml_directives; json_syntax, json_utf8, json_empty,
 * json_number, json_duplicate_key, json_depth, json_nodes, json_size; out_of_memory and memory_limit (the arena's).
 */
#ifndef BASE_NODE_H
#define BASE_NODE_H

#include "base/err.h"
#include "base/str.h"

#define NODE_MAX_DEPTH       64
#define NODE_MAX_COUNT       200000
#define NODE_MAX_BYTES       ((size_t)32 << 20)
#define NODE_MAX_ALIAS_BYTES ((size_t)10 << 20)

enum node_kind { NODE_SCALAR, NODE_SEQ, NODE_MAP };

/* What a scalar means. Plain scalars resolve as YAML 1.1's core does in PyYAML and in Kubernetes' reader:
   null ~ "" | true/false/yes/no/on/off (case as there) | integers (decimal, 0x, 0o, 0b, leading-0 octal) | floats. */
enum scalar_type { SCALAR_STR, SCALAR_NULL, SCALAR_BOOL, SCALAR_INT, SCALAR_FLOAT };

enum node_style { STYLE_ANY, STYLE_PLAIN, STYLE_QUOTED, STYLE_LITERAL, STYLE_FOLDED, STYLE_FLOW };

struct node;
struct pair {
    struct str key;
    unsigned key_line, key_column;
    struct node *value;
};

struct node {
    enum node_kind kind;
    enum scalar_type type; /* scalars only */
    enum node_style style;
    unsigned line, column; /* 1-based; 0 for nodes that were made, not read */
    struct str text;       /* scalars: the value as text (escapes and folding done) */
    size_t count;          /* items or pairs */
    union {
        struct node **items; /* NODE_SEQ */
        struct pair *pairs;  /* NODE_MAP, in the order written */
    };
    size_t cap; /* room in items/pairs; 0 for what was read */
};

/* Reads the one document of `text`. Empty text or more than one document is ERR_SYNTAX. Strings are copied. */
MUST_USE enum status node_parse_yaml(struct arena *a, struct str text, struct node **out, struct err *e);
/* Reads a stream of documents (empty ones are skipped), at most max_documents of them. */
MUST_USE enum status node_parse_yaml_stream(struct arena *a, struct str text, size_t max_documents, struct node ***out,
                                            size_t *count, struct err *e);
/* Strict JSON through jansson (no duplicate keys, depth 64); nodes carry no line, an error does. */
MUST_USE enum status node_parse_json(struct arena *a, struct str text, struct node **out, struct err *e);

/* All of these take NULL for "not there", so that look-ups chain. */
struct node *node_get_str(const struct node *map, struct str key); /* NULL unless map is a map that has key */
static inline struct node *node_get(const struct node *map, const char *key)
{
    return node_get_str(map, str_of(key));
}
const struct pair *node_pair(const struct node *map, const char *key);
struct node *node_at(const struct node *seq, size_t i);
/* node_path(n, "metadata", "annotations", "x", NULL) */
struct node *node_path(const struct node *n, ...) __attribute__((sentinel));
bool node_is_map(const struct node *n);
bool node_is_seq(const struct node *n);
bool node_is_scalar(const struct node *n);
bool node_is_null(const struct node *n); /* NULL or a null scalar */
bool node_is_string(const struct node *n);
size_t node_count(const struct node *n); /* 0 unless seq or map */
/* The text of a scalar that is not null, else the empty string. */
struct str node_text(const struct node *n);
struct str node_text_of(const struct node *map, const char *key);
bool node_bool(const struct node *n, bool otherwise); /* also takes the strings "true" and "false" */
bool node_int(const struct node *n, int64_t *out);    /* also takes strings of digits */
/* "map", "list", "string", "number", "boolean", "null": for messages. */
const char *node_kind_name(const struct node *n);
/* Deep equality; map order does not matter, style and place neither. */
bool node_equal(const struct node *x, const struct node *y);

/* Making trees. Values are referenced, not copied, so a tree may share parts (never make a cycle). */
struct node *node_map(struct arena *a);
struct node *node_seq(struct arena *a);
struct node *node_str(struct arena *a, struct str s); /* borrows the bytes */
struct node *node_cstr(struct arena *a, const char *s);
struct node *node_int_new(struct arena *a, int64_t v);
struct node *node_bool_new(struct arena *a, bool v);
struct node *node_null(struct arena *a);
void node_set(struct arena *a, struct node *map, struct str key, struct node *value);  /* replaces or appends */
void node_put(struct arena *a, struct node *map, const char *key, struct node *value); /* key is borrowed */
void node_put_str(struct arena *a, struct node *map, const char *key, struct str value);
bool node_remove(struct node *map, const char *key);
/* Sets all that `from` has, a map or NULL; its values come to be shared. */
void node_set_all(struct arena *a, struct node *map, const struct node *from);
void node_push(struct arena *a, struct node *seq, struct node *item);
struct node *node_copy(struct arena *a, const struct node *n); /* deep */
/* A map of the same values without the key; NULL: of all. Its place is that of the map. */
struct node *node_without(struct arena *a, const struct node *map, const char *key);

/*
 * Block-style YAML, two spaces, keys in the order of the tree, deterministic. Strings that YAML 1.1, YAML 1.2 or
 * Kubernetes' reader would take for something else are quoted; text with newlines becomes a literal block where that
 * reads back the same, else a double-quoted scalar. What it writes reads back equal. Returns how long the same is as
 * compact JSON, which costs next to nothing on the way; that means nothing when b->over.
 */
size_t node_write_yaml(struct buf *b, const struct node *n);
/* Compact JSON. Plain scalars keep their type; numbers are written in JSON's form. */
void node_write_json(struct buf *b, const struct node *n);
struct str node_to_json(struct arena *a, const struct node *n);

#endif
