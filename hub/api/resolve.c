#include "hub/api/resolve.h"

void resolve_args(struct arena *a, const struct str *keys, size_t count, struct str namespace,
                  struct db_arg args[RESOLVE_ARGS])
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json j = json_to(&b);
    json_array(&j);
    for (size_t i = 0; i < count; i++)
        json_str(&j, keys[i]);
    json_array_end(&j);
    args[0] = db_text(buf_take(&b));
    args[1] = db_text(namespace);
}

struct graph_known resolve_known(struct arena *a, const struct db_result *r, size_t row, struct str key)
{
    return (struct graph_known){
        .key = str_dup(a, key),
        .found = str_is(db_get(r, row, RESOLVE_FOUND), "true"),
        .text = str_dup(a, db_get(r, row, RESOLVE_TEXT)),
        .namespace = str_dup(a, db_get(r, row, RESOLVE_NAMESPACE)),
        .name = str_dup(a, db_get(r, row, RESOLVE_NAME)),
        .version = str_dup(a, db_get(r, row, RESOLVE_VERSION)),
        .digest = str_dup(a, db_get(r, row, RESOLVE_DIGEST)),
        .is_pipeline = str_is(db_get(r, row, RESOLVE_KIND), "pipeline"),
        .deprecated = db_get(r, row, RESOLVE_DEPRECATED).p != NULL,
    };
}
