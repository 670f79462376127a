#include "catalog/code/python.h"
#include "catalog/test_support.h"

struct made {
    struct arena *a;
    struct problems ps;
    struct node *document;
};

static struct made make_of(struct code_request rq)
{
    struct made m = {.a = arena_new(0)};
    assert_non_null(m.a);
    problems_init(&m.ps, m.a);
    m.document = code_component(m.a, &rq, &m.ps);
    return m;
}

static struct made make(const char *source)
{
    return make_of((struct code_request){.language = CODE_PYTHON, .source = str_of(source)});
}

static struct str port(const struct made *m, const char *list, size_t i, const char *key)
{
    return node_text_of(node_at(node_get(m->document, list), i), key);
}

static void a_header_gives_names_types_and_defaults(void **state)
{
    (void)state;
    struct made m = make("def f(a: int, b_path: InputPath('CSV'), c: str = 'x') -> float: return 1.0\n");
    assert_non_null(m.document);
    assert_str(node_text_of(m.document, "name"), "F");
    assert_str(port(&m, "inputs", 0, "type"), "Integer");
    assert_str(port(&m, "inputs", 1, "name"), "b");
    assert_str(port(&m, "inputs", 1, "type"), "CSV");
    assert_str(port(&m, "inputs", 2, "default"), "x");
    assert_str(port(&m, "outputs", 0, "name"), "Output");
    assert_str(port(&m, "outputs", 0, "type"), "Float");
    arena_free(m.a);
}

static void literals_become_the_text_that_is_passed(void **state)
{
    static const struct {
        const char *parameter, *text;
    } cases[] = {
        {"str = 'a\\'\\n\\x41\\u00fc\\U0001d4b3\\q'", "a'\nAü𝒳\\q"},
        {"str = r'\\n' \"b\"", "\\nb"},
        {"str = '''a\"\n# b'''", "a\"\n# b"},
        {"str = ''", ""},
        {"int = -1_000", "-1000"},
        {"int = 0xff", "255"},
        {"int = 0b101", "5"},
        {"float = .5", ".5"},
        {"float = -1e-3", "-1e-3"},
        {"bool = True", "True"},
        {"list = [1, 'a', None, True, [2.5], (3, 4),]", "[1,\"a\",null,true,[2.5],[3,4]]"},
        {"dict = {'a': {'b': 1}, \"c\": []}", "{\"a\":{\"b\":1},\"c\":[]}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *a = arena_new(0);
        struct str source = str_printf(a, "def f(x: %s): pass\n", cases[i].parameter);
        struct made m = make(str_cstr(a, source));
        if (!m.document)
            fail_msg("%s is refused: %.*s", cases[i].parameter, STR_ARG(m.ps.list[0].message));
        assert_str(port(&m, "inputs", 0, "default"), cases[i].text);
        arena_free(m.a);
        arena_free(a);
    }
}

static void what_is_not_understood_has_its_place(void **state)
{
    static const struct {
        const char *source, *code;
        unsigned line, column;
    } cases[] = {
        {"\n\ndef f(a: set): pass\n", "unsupported_type", 3, 10},
        {"def f(a: int = 1.5): pass\n", "wrong_default", 1, 16},
        {"def f(a: int = 1 + 1): pass\n", "syntax", 1, 18},
        {"def f(a: int = 08): pass\n", "wrong_default", 1, 16},
        {"def f(a: dict = {1: 2}): pass\n", "wrong_default", 1, 17},
        {"def f(a: dict = {'a'}): pass\n", "syntax", 1, 21},
        {"def f(**a): pass\n", "unsupported_parameter", 1, 7},
        {"def f(a: Tuple[int]): pass\n", "unsupported_type", 1, 10},
        {"def f(a: OutputPath('A', 'B')): pass\n", "unsupported_type", 1, 10},
        {"def f(a: Optional[OutputPath()]): pass\n", "unsupported_type", 1, 19},
        {"def f(a: InputPath() = 'x'): pass\n", "unsupported_default", 1, 24},
        {"def f(a\n", "syntax", 1, 6},
        {"def f(a) -> int\n", "syntax", 1, 16},
        {"def f(a): return ']\n", "syntax", 1, 18},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct made m = make(cases[i].source);
        const struct problem *p = m.ps.count ? &m.ps.list[0] : NULL;
        if (m.document || !p || !str_is(p->code, cases[i].code) || p->line != cases[i].line ||
            p->column != cases[i].column)
            fail_msg("%s: %.*s at %u:%u", cases[i].source, STR_ARG(p ? p->code : STR("nothing")), p ? p->line : 0,
                     p ? p->column : 0);
        arena_free(m.a);
    }
}

/* The program holds the function, and only that. */
static void only_the_function_is_carried(void **state)
{
    (void)state;
    struct made m =
        make("import os\nX = 1\n\n\n@decorated\ndef f(\n    a,\n):\n    # within\n    return a  # behind\n\n# after\n"
             "print(X)\n");
    assert_non_null(m.document);
    struct node *command = node_path(m.document, "implementation", "container", "command", NULL);
    struct str program = node_text(node_at(command, 3));
    assert_true(
        str_find(program, STR("\n\n\ndef f(\n    a,\n):\n    # within\n    return a  # behind\n\n\nimport json")) > 0);
    assert_int_equal(str_find(program, STR("print(X)")), -1);
    assert_int_equal(str_find(program, STR("import os\nX")), -1);
    assert_int_equal(m.ps.count, 1);
    assert_str(m.ps.list[0].code, "decorator");
    arena_free(m.a);
}

static void names_from_outside_are_errors_unless_the_function_has_its_own(void **state)
{
    static const struct {
        const char *source;
        bool fine;
    } cases[] = {
        {"import os\ndef f():\n    return os.name\n", false},
        {"from a import b, c as d\ndef f():\n    d()\n", false},
        {"X = 1\ndef f():\n    return X\n", false},
        {"class X: pass\ndef f():\n    return X()\n", false},
        {"import os\ndef f():\n    import os\n    return os.name\n", true},
        {"import os\ndef f(os):\n    return os\n", true},
        {"name = 1\ndef f():\n    import os\n    return os.name\n", true},
        {"x = 1\ndef f():\n    for x in []: print(x)\n", true},
        {"import a.path\ndef f():\n    import os\n    return os.path\n", true},
        {"from typing import NamedTuple\ndef f() -> NamedTuple('O', a=int):\n    return (1,)\n", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct made m = make(cases[i].source);
        if ((m.document != NULL) != cases[i].fine)
            fail_msg("%s", cases[i].source);
        arena_free(m.a);
    }
}

static void docstrings_describe_the_component_and_its_ports(void **state)
{
    (void)state;
    struct made m =
        make("def f(a, b) -> int:\n    \"\"\"One\n    sentence.\n\n    Args:\n        a (str): First:\n"
             "            goes on.\n        nobody: x\n        b: Second.\n\n    Returns:\n        What comes.\n"
             "    \"\"\"\n");
    assert_non_null(m.document);
    assert_str(node_text_of(m.document, "description"), "One sentence.");
    assert_str(port(&m, "inputs", 0, "description"), "First: goes on.");
    assert_str(port(&m, "inputs", 1, "description"), "Second.");
    assert_str(port(&m, "outputs", 0, "description"), "What comes.");
    arena_free(m.a);
}

static void the_function_asked_for_is_taken(void **state)
{
    struct code_request rq = {.source = STR("def a(): pass\ndef b(): pass\ndef _c(): pass\n"), .function = STR("b")};
    (void)state;
    struct made m = make_of(rq);
    assert_str(node_text_of(m.document, "name"), "B");
    arena_free(m.a);
    rq.function = STR("x");
    m = make_of(rq);
    assert_str(m.ps.list[0].code, "unknown_function");
    arena_free(m.a);
    rq.function = STR("_c");
    m = make_of(rq);
    assert_str(m.ps.list[0].code, "unsupported_function");
    arena_free(m.a);
    m = make("def a(): pass\ndef _helper(): pass\n");
    assert_non_null(m.document);
    arena_free(m.a);
}

static void deep_nesting_is_refused(void **state)
{
    char source[4096] = "def f(a: list = ";
    size_t n = strlen(source);
    (void)state;
    memset(source + n, '[', 1500);
    memset(source + n + 1500, ']', 1500);
    struct made m = make(source);
    assert_null(m.document);
    assert_str(m.ps.list[0].code, "syntax");
    arena_free(m.a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_gives_names_types_and_defaults),
        cmocka_unit_test(literals_become_the_text_that_is_passed),
        cmocka_unit_test(what_is_not_understood_has_its_place),
        cmocka_unit_test(only_the_function_is_carried),
        cmocka_unit_test(names_from_outside_are_errors_unless_the_function_has_its_own),
        cmocka_unit_test(docstrings_describe_the_component_and_its_ports),
        cmocka_unit_test(the_function_asked_for_is_taken),
        cmocka_unit_test(deep_nesting_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
