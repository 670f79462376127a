#include "base/testing.h"
#include "pipeline-creator/compile/text.h"

/* ---- what Tekton and the kubelet do, written down from their sources */

struct replacement {
    const char *name, *value;
};

/* strings.Replacer over "$(name)": one pass, left to right, what is put in is not looked at. */
static struct str tekton_pass(struct arena *a, struct str text, const struct replacement *list, size_t count)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < text.n;) {
        size_t taken = 0;
        for (size_t k = 0; k < count && !taken; k++) {
            struct str wanted = str_printf(a, "$(%s)", list[k].name);
            if (str_eq(str_sub(text, i, wanted.n), wanted)) {
                buf_cstr(&b, list[k].value);
                taken = wanted.n;
            }
        }
        if (!taken)
            buf_char(&b, text.p[i]);
        i += taken ? taken : 1;
    }
    return buf_take(&b);
}

static const char *variable(struct str name)
{
    static const struct replacement env[] = {{"HUB_DOLLAR", "$"}, {"MINE", "mine"}, {"A_SERVICE_HOST", "10.0.0.1"}};
    for (size_t i = 0; i < sizeof env / sizeof env[0]; i++)
        if (str_is(name, env[i].name))
            return env[i].value;
    return NULL;
}

/* third_party/forked/golang/expansion: an unknown $(…) is copied as a whole, dollars in it included. */
static struct str kubelet(struct arena *a, struct str text)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '$' || i + 1 == text.n) {
            buf_char(&b, text.p[i]);
            continue;
        }
        ptrdiff_t end = text.p[i + 1] == '(' ? str_find_char(str_from(text, i + 2), ')') : -1;
        if (text.p[i + 1] == '$') {
            buf_char(&b, '$');
            i++;
        } else if (end < 0) {
            buf_str(&b, str_sub(text, i, 2));
            i++;
        } else {
            struct str name = str_sub(text, i + 2, (size_t)end);
            if (variable(name))
                buf_cstr(&b, variable(name));
            else
                buf_str(&b, str_sub(text, i, name.n + 3));
            i += name.n + 2;
        }
    }
    return buf_take(&b);
}

/* The passes of the controller for the pipeline and for the task, then the kubelet. */
static struct str arrive(struct arena *a, struct str text)
{
    static const struct replacement params[] = {{"params.x", "X"}, {"params[\"x\"]", "X"}, {"inputs.params.x", "X"}};
    static const struct replacement contexts[] = {{"context.pipelineRun.name", "RUN"}, {"context.taskRun.name", "TR"}};
    static const struct replacement tasks[] = {{"tasks.t.results.r", "T"}, {"tasks.t.status", "S"}};
    static const struct replacement rest[] = {{"results.r.path", "/r"}, {"workspaces.w.path", "/w"}};
    text = tekton_pass(a, text, params, 3);
    text = tekton_pass(a, text, contexts, 2);
    text = tekton_pass(a, text, tasks, 2);
    text = tekton_pass(a, text, params, 3);
    text = tekton_pass(a, text, contexts, 2);
    text = tekton_pass(a, text, rest, 2);
    return kubelet(a, text);
}

static struct node *own_env(struct arena *a)
{
    struct node *env = node_map(a);
    node_put_str(a, env, "MINE", STR("mine"));
    return env;
}

static void text_without_dollars_stays_as_it_is(void **state)
{
    bool dollar = false;
    struct str text = STR("plain text, {{x}} and (brackets)");
    assert_ptr_equal(text_escape(*state, text, NULL, &dollar).p, text.p);
    assert_false(dollar);
}

static void shell_programs_stay_readable(void **state)
{
    static const char program[] = "d=$(mktemp -d) n=$((1 + 2)) echo \"${HOME} $1 $@\" > $(dirname \"$0\")/x";
    bool dollar = false;
    assert_str(text_escape(*state, str_of(program), own_env(*state), &dollar), program);
    assert_false(dollar);
    assert_str(arrive(*state, str_of(program)), program);
}

static void what_the_kubelet_eats_is_doubled(void **state)
{
    bool dollar = false;
    assert_str(text_escape(*state, STR("$$"), NULL, &dollar), "$$$$");
    assert_str(text_escape(*state, STR("$(MINE)"), own_env(*state), &dollar), "$$(MINE)");
    assert_str(text_escape(*state, STR("$(mine)"), own_env(*state), &dollar), "$(mine)");
    assert_str(text_escape(*state, STR("$(mine)"), NULL, &dollar), "$$(mine)");
    assert_false(dollar);
}

static void what_tekton_might_replace_gets_its_dollar_from_a_variable(void **state)
{
    bool dollar = false;
    assert_str(text_escape(*state, STR("$(params.x)"), NULL, &dollar), "$(HUB_DOLLAR)(params.x)");
    assert_true(dollar);
}

static void all_texts_arrive_as_typed(void **state)
{
    static const char *const words[] = {"$",
                                        "$",
                                        "(",
                                        ")",
                                        "params.x",
                                        "context.taskRun.name",
                                        "MINE",
                                        "HUB_DOLLAR",
                                        "$(params.x)",
                                        "$(results.r.path)",
                                        "$(A_SERVICE_HOST)",
                                        "mktemp -d",
                                        " ",
                                        "$(tasks.t.results.r)",
                                        "$(workspaces.w.path)",
                                        "$((1))",
                                        "{{$}}",
                                        "$$",
                                        "(params.x)",
                                        "x"};
    (void)state;
    uint64_t seed = 20261124;
    for (int round = 0; round < 20000; round++) {
        struct arena *a = arena_new(0);
        struct buf typed, manifest;
        buf_init(&typed, a, 0);
        buf_init(&manifest, a, 0);
        bool any = round % 2 == 0, dollar = false;
        /* pieces that are escaped by themselves and then put together, as concat does */
        for (uint64_t piece = testing_random(&seed) % 3 + 1; piece-- > 0;) {
            struct buf one;
            buf_init(&one, a, 0);
            for (uint64_t n = testing_random(&seed) % 6; n-- > 0;)
                buf_cstr(&one, words[testing_random(&seed) % (sizeof words / sizeof words[0])]);
            buf_str(&typed, buf_take(&one));
            buf_str(&manifest, text_escape_open(a, buf_take(&one), any ? NULL : own_env(a), &dollar));
        }
        struct str text = buf_take(&typed), written = buf_take(&manifest);
        /* a dollar and what follows it may only become a reference of Tekton's where two pieces meet */
        if (!str_eq(arrive(a, written), text))
            print_error("manifest: %.*s\n", STR_ARG(written));
        assert_str_eq(arrive(a, written), text);
        arena_free(a);
    }
}

/*
 * A template: text, a parameter of the pipeline ($(params.q), escaped in spec.params), text. It goes to the program as
 * the value of the task's parameter, or, where its text looks like a reference, with a parameter for the middle part.
 */
static void texts_mixed_with_parameters_arrive_as_typed(void **state)
{
    static const char *const words[] = {
        "$",  "(",     ")",       "params.x",    "context.taskRun.name", "MINE",      "$$",
        "x ", "{{$}}", "$(mine)", "$(params.x)", "$(tasks.t.results.r)", "HUB_DOLLAR"};
    (void)state;
    uint64_t seed = 7;
    size_t whole = 0;
    for (int round = 0; round < 20000; round++) {
        struct arena *a = arena_new(0);
        struct str typed[3], escaped[3];
        bool dollar = false;
        for (size_t piece = 0; piece < 3; piece++) {
            struct buf one;
            buf_init(&one, a, 0);
            for (uint64_t n = testing_random(&seed) % 5; n-- > 0;)
                buf_cstr(&one, words[testing_random(&seed) % (sizeof words / sizeof words[0])]);
            typed[piece] = buf_take(&one);
            escaped[piece] = text_escape_open(a, typed[piece], NULL, &dollar);
        }
        bool param = !text_has_reference(escaped[0]) && !text_has_reference(escaped[2]);
        whole += param;
        struct replacement q[] = {{"params.q", str_cstr(a, escaped[1])}, {"params.x", "X"}};
        struct str value = STR_JOIN(a, escaped[0], STR("$(params.q)"), escaped[2]);
        /* as a parameter the pipeline's pass comes first, then all that see what it made */
        value = tekton_pass(a, value, q, 2);
        assert_str_eq(arrive(a, value), STR_JOIN(a, typed[0], typed[1], typed[2]));
        arena_free(a);
    }
    assert_true(whole > 1000 && whole < 19000);
}

static void text_of_step_references_and_nul_is_refused(void **state)
{
    (void)state;
    assert_false(text_can_pass(STR("a $(steps.build.results.image) b")));
    assert_false(text_can_pass((struct str){"a\0b", 3}));
    assert_true(text_can_pass(STR("$(steps is a word")));
    assert_true(text_can_pass(STR("$(params.x)")));
}

static void references_are_seen_only_where_their_bracket_ends(void **state)
{
    (void)state;
    assert_true(text_has_reference(STR("a $(b) c")));
    assert_false(text_has_reference(STR("a $(b c")));
    assert_false(text_has_reference(STR("$5 (net)")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(text_without_dollars_stays_as_it_is),
        with_arena(shell_programs_stay_readable),
        with_arena(what_the_kubelet_eats_is_doubled),
        with_arena(what_tekton_might_replace_gets_its_dollar_from_a_variable),
        cmocka_unit_test(all_texts_arrive_as_typed),
        cmocka_unit_test(texts_mixed_with_parameters_arrive_as_typed),
        cmocka_unit_test(text_of_step_references_and_nul_is_refused),
        cmocka_unit_test(references_are_seen_only_where_their_bracket_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
