/* A boundary, a line feed, and any bytes as the multipart/form-data body that goes with it. */
#include <string.h>

#include "hub/http/http.h"
#include "tests/fuzz/fuzz.h"

struct work {
    struct arena *a;
    struct str body, boundary;
};

static bool within(struct str whole, struct str part)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static enum status check(void *arg)
{
    struct work *w = arg;
    struct upload *parts, *again;
    size_t count, count_again;
    struct err e = {0};
    enum status s = multipart_parse(w->a, w->body, w->boundary, &parts, &count, &e);
    if (s != OK) {
        MUST(e.status == s && e.code[0] != '\0' && e.message[0] != '\0' && count == 0);
        return OK;
    }
    struct str delimiter = str_cat(w->a, STR("\r\n--"), w->boundary);
    struct buf b;
    buf_init(&b, w->a, 0);
    MUST(count <= 16);
    for (size_t i = 0; i < count; i++) {
        MUST(within(w->body, parts[i].data) && str_find(parts[i].data, delimiter) < 0);
        MUST(parts[i].name.p != NULL && str_utf8(parts[i].name) && parts[i].content_type.p != NULL);
        MUST(parts[i].filename.p == NULL || str_utf8(parts[i].filename));
        buf_printf(&b, "--%.*s\r\nContent-Disposition: form-data; name=x\r\n\r\n", STR_ARG(w->boundary));
        buf_str(&b, parts[i].data);
        buf_cstr(&b, "\r\n");
    }
    buf_printf(&b, "--%.*s--", STR_ARG(w->boundary));
    /* Written anew, the same content is read. */
    MUST(multipart_parse(w->a, buf_take(&b), w->boundary, &again, &count_again, &e) == OK && count_again == count);
    for (size_t i = 0; i < count; i++)
        MUST(str_eq(parts[i].data, again[i].data));
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct work w = {.a = arena_new(0)};
    struct str rest = {(const char *)data, size};
    if (w.a == NULL)
        return 0;
    if (size > 0 && str_split(&rest, '\n', &w.boundary)) {
        w.body = rest.p != NULL ? rest : STR("");
        MUST(arena_guard(w.a, check, &w) == OK);
    }
    arena_free(w.a);
    return 0;
}
