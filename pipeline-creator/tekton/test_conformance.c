/* Holds our verdicts against recorded ones of Tekton's own code (CORPUS, default ../shared/corpus; see admit.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "pipeline-creator/tekton/admit.h"
#include "pipeline-creator/tekton/decode.h"

static const char *corpus(void)
{
    const char *path = getenv("CORPUS");
    return path ? path : "../shared/corpus";
}

struct tally {
    size_t cases, verdicts, refused, paths, texts;
};

struct line {
    struct arena *a;
    const struct node *row;
    struct tally *tally;
    enum tekton_gate gate;
};

/* Calls `each` with every line of a file, in an arena of its own; skips the test when there is no such file. */
static struct tally each_line(const char *name, enum tekton_gate gate, void (*each)(struct line *line))
{
    char path[4096];
    struct tally tally = {0};
    struct arena *a = arena_new(0);
    struct str rest, text;
    struct err e = {0};
    snprintf(path, sizeof path, "%s/tekton/%s", corpus(), name);
    if (!file_exists(path)) {
        printf("skipped: no file %s\n", path);
        arena_free(a);
        skip();
    }
    assert_int_equal(file_read(a, path, (size_t)64 << 20, &rest, &e), OK);
    while (rest.n && str_split(&rest, '\n', &text)) {
        struct arena *one = arena_new(0);
        struct node *row;
        if (text.n) {
            assert_int_equal(node_parse_json(one, text, &row, &e), OK);
            each(&(struct line){.a = one, .row = row, .tally = &tally, .gate = gate});
        }
        arena_free(one);
    }
    arena_free(a);
    return tally;
}

/* ---- comparing texts. The recording joined lines by " | " and made names from generateName in its own way. */

static struct str comparable(struct arena *a, struct str text)
{
    text = str_replace(a, text, STR("\n"), STR(" | "));
    text = str_replace(a, text, STR("-x\": must be a valid DNS"), STR("\": must be a valid DNS"));
    return str_replace(a, text, STR("xxxxx\": must be a valid DNS"), STR("\": must be a valid DNS"));
}

/* The fields that a text names: what stands behind the last ": " of its lines, sorted. */
static struct str fields(struct arena *a, struct str text)
{
    struct str found[500], part, line, rest = str_replace(a, text, STR(" | "), STR("\n"));
    size_t count = 0;
    while (rest.p && str_split(&rest, '\n', &line)) {
        ptrdiff_t colon = -1;
        for (size_t i = 0; i + 1 < line.n; i++)
            if (line.p[i] == ':' && line.p[i + 1] == ' ')
                colon = (ptrdiff_t)i;
        struct str paths = colon < 0 ? STR("") : str_from(line, (size_t)colon + 2);
        while (paths.n && count < 500 && str_split(&paths, ',', &part))
            found[count++] = str_trim(part);
    }
    str_sort(found, count);
    return go_list(a, found, count);
}

static bool decode_text_given(struct faults *f, struct str text)
{
    for (size_t i = 0; i < f->count; i++)
        if (str_eq(f->list[i].message, text))
            return true;
    return false;
}

static void compare(struct line *line, const char *what, enum tekton_verdict got, struct faults *f,
                    enum tekton_verdict wanted, struct str text)
{
    struct tally *t = line->tally;
    struct str ours = comparable(line->a, faults_text(f)), theirs = comparable(line->a, text);
    bool same = got == TEKTON_UNDECODABLE ? decode_text_given(f, text) : str_eq(ours, theirs);
    bool paths = same || (got != TEKTON_UNDECODABLE && str_eq(fields(line->a, ours), fields(line->a, theirs)));
    t->cases++;
    t->verdicts += got == wanted;
    if (wanted != TEKTON_ACCEPTED) {
        t->refused++;
        t->paths += got == wanted && paths;
        t->texts += got == wanted && same;
    }
    if (got != wanted || (getenv("VERBOSE") && wanted != TEKTON_ACCEPTED && !same)) {
        struct str row = node_to_json(line->a, line->row);
        fprintf(stderr, "%s: wanted %d: %.*s\n    got %d: %.*s\n    %.*s\n", what, (int)wanted, STR_ARG(theirs),
                (int)got, STR_ARG(ours), STR_ARG(row));
    }
}

static enum tekton_verdict recorded(const struct node *verdict, struct str *text)
{
    struct str word = node_text(node_at(verdict, 0));
    *text = node_text(node_at(verdict, 1));
    return str_is(word, "OK") ? TEKTON_ACCEPTED : str_is(word, "DECODE") ? TEKTON_UNDECODABLE : TEKTON_REFUSED;
}

static const char *const GATES[] = {"stable", "beta", "alpha"};

static void report(const char *name, const struct tally *t)
{
    printf("%-28s %4zu of %4zu verdicts, %4zu of %4zu with the same fields, %4zu with the same text\n", name,
           t->verdicts, t->cases, t->paths, t->refused, t->texts);
    assert_int_equal(t->verdicts, t->cases);
    assert_true(t->paths * 100 >= t->refused * 95);
}

/* ---- the three files */

static void judge(struct line *line, const struct node *document, bool json, const struct node *verdict)
{
    struct tekton_settings settings = tekton_settings_of(line->gate);
    struct faults *f = faults_new(line->a);
    struct node *object;
    struct str text;
    enum tekton_verdict got = tekton_admit(line->a, document, json, &settings, f, &object);
    enum tekton_verdict wanted = recorded(verdict, &text);
    compare(line, GATES[line->gate], got, f, wanted, text);
}

static void mutation(struct line *line)
{
    judge(line, node_get(line->row, "doc"), true, node_get(line->row, GATES[line->gate]));
}

static void example(struct line *line)
{
    struct node **documents;
    size_t count, next = 0;
    struct err e = {0};
    const struct node *verdicts = node_get(line->row, "documents");
    assert_int_equal(node_parse_yaml_stream(line->a, node_text_of(line->row, "yaml"), 100, &documents, &count, &e), OK);
    for (size_t i = 0; i < count; i++) {
        const struct node *verdict = node_at(verdicts, next);
        /* Secrets, ConfigMaps and the like were not recorded. */
        if (!str_starts(node_text_of(documents[i], "apiVersion"), "tekton.dev/"))
            continue;
        judge(line, documents[i], false, node_get(verdict, GATES[line->gate]));
        next++;
    }
    assert_int_equal(next, node_count(verdicts));
}

static void unit(struct line *line)
{
    static const char *const forbidden[] = {"TEST_ENV", NULL};
    const struct node *gates = node_get(line->row, "gates"), *input = node_get(line->row, "input");
    struct str api = node_text_of(gates, "enable-api-fields");
    struct tekton_settings settings = {
        .gate = str_is(api, "alpha")  ? GATE_ALPHA
                : str_is(api, "beta") ? GATE_BETA
                                      : GATE_STABLE,
        .artifacts = node_bool(node_get(gates, "enable-artifacts"), false),
        .cel = node_bool(node_get(gates, "enable-cel-in-whenexpression"), false),
        .concise_resolvers = node_bool(node_get(gates, "enable-concise-resolver-syntax"), false),
        .param_enum = node_bool(node_get(gates, "enable-param-enum"), false),
        .disable_inline = node_text_of(gates, "disable-inline-spec"),
        .forbidden_env = forbidden,
    };
    struct faults *f = faults_new(line->a);
    const char *type = str_cstr(line->a, str_cat(line->a, STR("v1."), node_text_of(line->row, "kind")));
    assert_true(node_int(node_get(gates, "default-max-matrix-combinations-count"), &settings.max_matrix));
    struct node *object = tekton_decode(line->a, type, input, true, f);
    enum tekton_verdict got = f->count ? TEKTON_UNDECODABLE : TEKTON_ACCEPTED;
    if (got == TEKTON_ACCEPTED) {
        assert_true(tekton_validate(type, object, &settings, f));
        got = f->count ? TEKTON_REFUSED : TEKTON_ACCEPTED;
    }
    compare(line, type, got, f, node_bool(node_get(line->row, "ok"), false) ? TEKTON_ACCEPTED : TEKTON_REFUSED,
            node_text_of(line->row, "error"));
}

static void inputs_of_tektons_unit_tests_get_its_verdict(void **state)
{
    (void)state;
    struct tally t = each_line("unit-vectors.jsonl", GATE_BETA, unit);
    report("unit vectors", &t);
}

static void mutated_examples_get_its_verdict(void **state)
{
    (void)state;
    struct tally beta = each_line("mutation-verdicts.jsonl", GATE_BETA, mutation);
    struct tally alpha = each_line("mutation-verdicts.jsonl", GATE_ALPHA, mutation);
    report("mutations, beta", &beta);
    report("mutations, alpha", &alpha);
}

static void examples_get_its_verdict_under_each_gate(void **state)
{
    (void)state;
    for (enum tekton_gate gate = GATE_STABLE; gate <= GATE_ALPHA; gate++) {
        char name[32];
        struct tally t = each_line("example-verdicts.jsonl", gate, example);
        snprintf(name, sizeof name, "examples, %s", GATES[gate]);
        report(name, &t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_of_tektons_unit_tests_get_its_verdict),
        cmocka_unit_test(mutated_examples_get_its_verdict),
        cmocka_unit_test(examples_get_its_verdict_under_each_gate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
