#include "pipeline-creator/tekton/schema.h"

static const struct schema *find_in(const struct schema *list, size_t count, struct str name)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(str_of(list[middle].name), name);
        if (order == 0)
            return &list[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct schema *schema_find(struct str name)
{
    if (str_starts(name, "kfp."))
        return find_in(SCHEMA_EXECUTOR, SCHEMA_EXECUTOR_COUNT, name);
    const struct schema *s = find_in(SCHEMA_TEKTON, SCHEMA_TEKTON_COUNT, name);
    return s ? s : find_in(SCHEMA_KUBERNETES, SCHEMA_KUBERNETES_COUNT, name);
}

bool schema_next(struct str *rest, struct schema_field *out)
{
    struct str word;
    if (rest->n == 0 || !str_split(rest, ' ', &word))
        return false;
    ptrdiff_t colon = str_find_char(word, ':');
    out->name = str_sub(word, 0, (size_t)colon);
    out->type = str_from(word, (size_t)colon + 1);
    out->omit_empty = str_ends(out->name, "?");
    if (out->omit_empty)
        out->name.n--;
    return true;
}

bool schema_field(const struct schema *s, struct str name, struct schema_field *out)
{
    struct str rest = str_of(s->fields);
    struct schema_field field;
    bool found = false;
    while (schema_next(&rest, &field)) {
        if (str_eq(field.name, name)) {
            *out = field;
            return true;
        }
        if (!found && str_eq_nocase(field.name, name)) {
            *out = field;
            found = true;
        }
    }
    return found;
}
