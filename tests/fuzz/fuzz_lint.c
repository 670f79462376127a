/* Texts of any bytes, linted twice in a small arena: the same findings, and errors exactly where something is refused.
 */
#include "pipeline-creator/tekton/cel.h"
#include "pipeline-creator/tekton/lint.h"
#include "tests/fuzz/fuzz.h"

#define FUZZ_ARENA ((size_t)64 << 20)

struct work {
    struct arena *a;
    struct str text;
    struct lint_options options;
    struct str findings;
};

static enum status lint_guarded(void *arg)
{
    struct work *w = arg;
    struct lint_report report;
    struct buf b;
    bool refused = false;
    lint_text(w->a, w->text, &w->options, &report);
    for (size_t i = 0; i < report.count; i++)
        refused = refused || report.documents[i].verdict != TEKTON_ACCEPTED;
    MUST(!refused || report.problems.errors > 0);
    MUST(!w->options.tekton_only || refused || report.unreadable.status != OK || report.problems.errors == 0);
    buf_init(&b, w->a, 0);
    struct json j = json_to(&b);
    problems_json(&j, &report.problems);
    w->findings = buf_take(&b);
    (void)cel_problem(w->a, w->text);
    return OK;
}

/* The first byte chooses the gate and whose checks are made. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct work once = {.a = arena_new(FUZZ_ARENA),
                        .text = {(const char *)data + 1, size - 1},
                        .options = {.gate = (enum tekton_gate)(data[0] % 3), .tekton_only = data[0] & 4}};
    struct work twice = {.a = arena_new(FUZZ_ARENA), .text = once.text, .options = once.options};
    if (once.a && twice.a && arena_guard(once.a, lint_guarded, &once) == OK &&
        arena_guard(twice.a, lint_guarded, &twice) == OK)
        MUST(str_eq(once.findings, twice.findings));
    arena_free(once.a);
    arena_free(twice.a);
    return 0;
}
