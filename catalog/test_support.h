/* For the tests of this folder. */
#ifndef CATALOG_TEST_SUPPORT_H
#define CATALOG_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/catalog.h"

/* One upload and what became of it; freed by done(). */
struct upload {
    struct arena *a;
    struct package p;
    struct problems ps;
    struct err e;
    enum status s;
};

static inline struct upload upload_bytes(struct str bytes, const char *filename, const enum asset_kind *kind)
{
    struct upload u = {0};
    u.a = arena_new(0);
    assert_non_null(u.a);
    problems_init(&u.ps, u.a);
    u.s = package_read(u.a, str_dup(u.a, bytes), str_of(filename), kind, &u.p, &u.ps, &u.e);
    return u;
}

static inline struct upload upload_text(const char *text)
{
    return upload_bytes(str_of(text), "", NULL);
}

static inline struct upload upload_as(const char *text, enum asset_kind kind)
{
    return upload_bytes(str_of(text), "", &kind);
}

static inline void done(struct upload *u)
{
    arena_free(u->a);
    u->a = NULL;
}

#define assert_str(actual, expected)                                                                                   \
    do {                                                                                                               \
        struct str actual_ = (actual);                                                                                 \
        if (!str_is(actual_, (expected)))                                                                              \
            fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(actual_), (expected));                                          \
    } while (0)

static inline void print_problems(struct upload *u)
{
    struct buf b;
    buf_init(&b, u->a, 0);
    problems_text(&b, &u->ps, "");
    struct str text = buf_take(&b);
    fprintf(stderr, "%d %s: %s (%u:%u)\n%.*s", (int)u->s, u->e.code, u->e.message, u->e.line, u->e.column,
            STR_ARG(text));
}

static inline struct upload accepted_as(struct upload u, enum asset_format format)
{
    if (u.s != OK)
        print_problems(&u);
    assert_int_equal(u.s, OK);
    assert_string_equal(format_name(u.p.format), format_name(format));
    return u;
}

static inline struct upload accepted(const char *text, enum asset_format format)
{
    return accepted_as(upload_text(text), format);
}

/* The first problem with this code; one without a code when there is none. */
static inline const struct problem *problem_with(const struct upload *u, const char *code)
{
    for (size_t i = 0; i < u->ps.count; i++)
        if (str_is(u->ps.list[i].code, code))
            return &u->ps.list[i];
    static const struct problem none;
    return &none;
}

/* Refused with this code as the summary and this path (NULL = any) as the place. */
static inline void refused(struct upload u, const char *code, const char *path)
{
    if (u.s == OK || strcmp(u.e.code, code) != 0)
        print_problems(&u);
    assert_int_not_equal(u.s, OK);
    assert_string_equal(u.e.code, code);
    const struct problem *p = problem_with(&u, code);
    assert_str(p->code, code);
    if (path)
        assert_str(p->path, path);
    assert_null(u.p.document);
    done(&u);
}

static inline void refused_text(const char *text, const char *code, const char *path)
{
    refused(upload_text(text), code, path);
}

/* Accepted, with this warning there. */
static inline void warned(const char *text, const char *code, const char *path)
{
    struct upload u = upload_text(text);
    const struct problem *p = problem_with(&u, code);
    if (u.s != OK || p->code.n == 0)
        print_problems(&u);
    assert_int_equal(u.s, OK);
    assert_str(p->code, code);
    assert_int_equal(p->severity, SEVERITY_WARNING);
    assert_str(p->path, path);
    done(&u);
}

static inline struct str fact(const struct upload *u, const char *key)
{
    const struct node *n = node_get(u->p.facts, key);
    return node_is_seq(n) || node_is_map(n) ? node_to_json(u->a, n) : node_text(n);
}

#endif
