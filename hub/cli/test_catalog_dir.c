#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/testing.h"
#include "hub/cli/catalog_dir.h"

static const char ECHO[] = "name: Echo\noutputs: [{name: out}]\n"
                           "metadata: {annotations: {component-hub.dev/version: '1.2.0'}}\n"
                           "implementation: {container: {image: busybox, command: [echo, {outputPath: out}]}}\n";
static const char PIPELINE[] =
    "name: Pipeline\nimplementation: {graph: {tasks: {a: {componentRef: {name: starter/echo}}}}}\n";

struct folder {
    struct arena *a;
    char path[32];
    struct catalog_dir catalog;
};

static void put(struct folder *f, const char *kind, const char *name, const char *file, const char *text)
{
    struct err e = {0};
    struct str folder = str_printf(f->a, "%s/%s/%s", f->path, kind, name);
    assert_ok(dir_make(folder.p, 0755, &e), &e);
    assert_ok(file_write(str_printf(f->a, "%s/%s", folder.p, file).p, str_of(text), 0644, &e), &e);
}

static int set_up(void **state)
{
    struct arena *a = arena_new(0);
    struct folder *f = arena_new_of(a, struct folder);
    struct err e = {0};
    f->a = a;
    memcpy(f->path, "/tmp/test-catalog-XXXXXX", sizeof "/tmp/test-catalog-XXXXXX");
    assert_non_null(mkdtemp(f->path));
    put(f, "components", "echo", "component.yaml", ECHO);
    put(f, "components", "Not A Slug", "component.yaml", ECHO);
    put(f, "components", "empty", "README.md", "nothing");
    put(f, "pipelines", "echo", "pipeline.yaml", PIPELINE);
    put(f, "pipelines", "pipe", "pipeline.yaml", PIPELINE);
    const char *folders[] = {f->path};
    assert_ok(catalog_dir_open(a, folders, 1, &f->catalog, &e), &e);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct folder *f = *state;
    struct err e = {0};
    assert_ok(dir_remove(f->path, &e), &e);
    arena_free(f->a);
    return 0;
}

static void names_resolve_with_and_without_namespace_and_version(void **state)
{
    struct folder *f = *state;
    static const char *const keys[] = {"echo", "starter/echo", "starter/echo@latest", "echo@1.2.0"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct graph_known k = catalog_dir_find(&f->catalog, str_of(keys[i]));
        assert_true(k.found);
        assert_false(k.is_pipeline); /* components come before pipelines */
        assert_str(k.key, keys[i]);
        assert_str(k.version, "1.2.0");
    }
    assert_str(catalog_dir_find(&f->catalog, STR("pipe")).version, "1.0.0");
}

static void digests_resolve(void **state)
{
    struct folder *f = *state;
    struct str digest = str_cat(f->a, STR("sha256:"), sha256_hex(f->a, str_of(ECHO)));
    assert_str(catalog_dir_find(&f->catalog, digest).name, "echo");
}

static void what_is_not_there_is_not_found(void **state)
{
    struct folder *f = *state;
    static const char *const keys[] = {"empty", "other/echo", "echo@2.0.0", "../echo", "", "@", "starter/"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_false(catalog_dir_find(&f->catalog, str_of(keys[i])).found);
    assert_int_equal(f->catalog.count, 3);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
    struct folder *f = *state;
    struct err e = {0};
    const char *folders[] = {"/nowhere/at/all"};
    assert_error(catalog_dir_open(f->a, folders, 1, &f->catalog, &e), &e, ERR_NOT_FOUND, "no_catalog");
}

static void a_pipeline_compiles_with_what_is_in_the_folder(void **state)
{
    struct folder *f = *state;
    struct err e = {0};
    struct compile_output out;
    struct compile_input in = {.document = STR("implementation: {graph: {tasks: {x: {componentRef: {name: pipe}}}}}")};
    assert_ok(catalog_dir_compile(f->a, &f->catalog, &in, false, &out, &e), &e);
    assert_int_equal(out.task_count, 1);
    assert_str(out.tasks[0].path, "x/a");
    assert_str(out.tasks[0].component_name, "starter/echo@1.2.0");
}

#define with_folder(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_folder(names_resolve_with_and_without_namespace_and_version),
        with_folder(digests_resolve),
        with_folder(what_is_not_there_is_not_found),
        with_folder(a_folder_that_is_not_there_is_an_error),
        with_folder(a_pipeline_compiles_with_what_is_in_the_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
