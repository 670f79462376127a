#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pipeline-creator/tekton/substitute.h"

static struct arena *arena;
static struct node *values;
static struct err problem;

static const struct node *find(void *context, const struct subst_ref *ref, size_t *used)
{
    (void)context;
    if (ref->parts < 2 || !str_is(ref->part[0], "params"))
        return NULL;
    *used = 2;
    return node_get_str(values, ref->part[1]);
}

static struct subst scope = {find, NULL, &problem};

static int set_up(void **state)
{
    (void)state;
    struct err e = {0};
    arena = arena_new(0);
    problem = (struct err){0};
    assert_int_equal(node_parse_yaml(arena,
                                     STR("{s: text, list: [a, b, '$(params.s)'], object: {k: v, d.k: w}, x.y: dotted, "
                                         "cunning: '$(params.s)', empty: '', none: []}"),
                                     &values, &e),
                     OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void text_becomes(const char *text, const char *expected)
{
    struct str got = subst_text(arena, &scope, str_of(text));
    assert_string_equal(str_cstr(arena, got), expected);
}

static void tree_becomes(const char *yaml, const char *json)
{
    struct node *n;
    struct err e = {0};
    assert_int_equal(node_parse_yaml(arena, str_of(yaml), &n, &e), OK);
    assert_string_equal(str_cstr(arena, node_to_json(arena, subst_node(arena, &scope, n))), json);
}

static void a_variable_is_replaced_anywhere_in_a_text(void **state)
{
    (void)state;
    text_becomes("<$(params.s)|$(params.s)>", "<text|text>");
    text_becomes("$(params.empty)", "");
}

static void quoted_and_bracketed_names_are_read(void **state)
{
    (void)state;
    text_becomes("$(params['x.y']) $(params[\"x.y\"])", "dotted dotted");
    text_becomes("$(params.object['d.k'])", "w");
}

static void items_and_keys_are_picked(void **state)
{
    (void)state;
    text_becomes("$(params.list[1])-$(params.object.k)", "b-v");
}

static void what_a_value_contains_is_not_read_again(void **state)
{
    (void)state;
    text_becomes("$(params.cunning)", "$(params.s)");
    text_becomes("$(params.list[2])", "$(params.s)");
}

static void what_is_not_known_stays(void **state)
{
    (void)state;
    text_becomes("$(date) $(params.other) $$(x) $( $(unclosed", "$(date) $(params.other) $$(x) $( $(unclosed");
    text_becomes("echo $(basename $(params.s))", "echo $(basename text)");
    text_becomes("$() $(params.s)", "$() text");
    assert_int_equal(problem.status, OK);
}

static void an_item_that_is_a_list_is_replaced_by_its_items(void **state)
{
    (void)state;
    tree_becomes("[x, '$(params.list[*])', y]", "[\"x\",\"a\",\"b\",\"$(params.s)\",\"y\"]");
    tree_becomes("[x, '$(params.none[*])']", "[\"x\"]");
    tree_becomes("['$(params.list)']", "[\"a\",\"b\",\"$(params.s)\"]");
}

static void a_scalar_that_is_a_list_or_map_becomes_it(void **state)
{
    (void)state;
    tree_becomes("{value: '$(params.object[*])'}", "{\"value\":{\"k\":\"v\",\"d.k\":\"w\"}}");
}

static void a_list_inside_text_is_json(void **state)
{
    (void)state;
    text_becomes("is $(params.object[*])", "is {\"k\":\"v\",\"d.k\":\"w\"}");
}

static void an_index_beyond_the_end_is_a_problem(void **state)
{
    (void)state;
    text_becomes("$(params.list[3])", "$(params.list[3])");
    assert_int_equal(problem.status, ERR_INVALID);
    assert_string_equal(problem.code, "bad_reference");
}

static void a_key_that_is_not_there_is_a_problem(void **state)
{
    (void)state;
    text_becomes("$(params.object.zz)", "$(params.object.zz)");
    assert_int_equal(problem.status, ERR_INVALID);
}

static void broken_references_are_no_references(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      ".a",
                                      "a.",
                                      "a..b",
                                      "a[",
                                      "a[]",
                                      "a[*]b",
                                      "a['']",
                                      "a[x]",
                                      "[*]",
                                      "a b",
                                      "a[1].c",
                                      "a['x\"]",
                                      "a[99999999999999999999]",
                                      "a.b.c.d.e.f.g.h.i.j.k.l.m"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct subst_ref ref;
        if (subst_parse(str_of(bad[i]), &ref))
            fail_msg("%s was taken for a reference", bad[i]);
    }
}

static void count(void *context, const struct subst_ref *ref)
{
    (void)ref;
    ++*(int *)context;
}

static void all_references_of_a_tree_are_seen(void **state)
{
    (void)state;
    struct node *n;
    struct err e = {0};
    int seen = 0;
    assert_int_equal(
        node_parse_yaml(arena, STR("{a: ['$(params.x) $(tasks.t.results.r[*])'], b: {c: '$(y)', d: '$(no way)'}}"), &n,
                        &e),
        OK);
    subst_each(n, count, &seen);
    assert_int_equal(seen, 3);
}

static void env_becomes(const char *text, const char *expected)
{
    struct node *env = node_map(arena);
    node_put_str(arena, env, "A", STR("1"));
    assert_string_equal(str_cstr(arena, subst_expand_env(arena, env, str_of(text))), expected);
}

static void the_kubelets_expansion_is_followed(void **state)
{
    (void)state;
    env_becomes("$(A)", "1");
    env_becomes("$(A)$(B)", "1$(B)");
    env_becomes("$$(A)", "$(A)");
    env_becomes("$$$(A)", "$1");
    env_becomes("a$$b", "a$b");
    env_becomes("$A $", "$A $");
    env_becomes("$(A", "$(A");
    env_becomes("$()", "$()");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_variable_is_replaced_anywhere_in_a_text),
        TEST(quoted_and_bracketed_names_are_read),
        TEST(items_and_keys_are_picked),
        TEST(what_a_value_contains_is_not_read_again),
        TEST(what_is_not_known_stays),
        TEST(an_item_that_is_a_list_is_replaced_by_its_items),
        TEST(a_scalar_that_is_a_list_or_map_becomes_it),
        TEST(a_list_inside_text_is_json),
        TEST(an_index_beyond_the_end_is_a_problem),
        TEST(a_key_that_is_not_there_is_a_problem),
        TEST(broken_references_are_no_references),
        TEST(all_references_of_a_tree_are_seen),
        TEST(the_kubelets_expansion_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
