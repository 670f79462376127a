/* Streaming JSON writer for answers: commas and escapes are its work, balance is the caller's. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/node.h"
#include "base/str.h"

struct json {
    struct buf *b;
    bool comma;
};

static inline struct json json_to(struct buf *b)
{
    return (struct json){b, false};
}
void json_object(struct json *j);
void json_object_end(struct json *j);
void json_array(struct json *j);
void json_array_end(struct json *j);
void json_key(struct json *j, const char *key);
void json_key_str(struct json *j, struct str key);
/* Bytes that are not UTF-8 become U+FFFD, control characters are escaped. */
void json_str(struct json *j, struct str s);
size_t json_str_size(struct str s);            /* what json_str() puts for s, quotes included */
void json_cstr(struct json *j, const char *s); /* NULL writes null */
void json_int(struct json *j, int64_t v);
void json_bool(struct json *j, bool v);
void json_null(struct json *j);
void json_raw(struct json *j, struct str s); /* s is JSON already */
void json_node(struct json *j, const struct node *n);
void json_time(struct json *j, int64_t us); /* RFC 3339, UTC, micro-seconds since 1970; 0 writes null */
/* key and value in one call */
void json_put_str(struct json *j, const char *key, struct str s);
void json_put_cstr(struct json *j, const char *key, const char *s);
void json_put_int(struct json *j, const char *key, int64_t v);
void json_put_bool(struct json *j, const char *key, bool v);
void json_put_raw(struct json *j, const char *key, struct str s);
void json_put_time(struct json *j, const char *key, int64_t us);

#endif
