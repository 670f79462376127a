/* Every file of the corpus (CORPUS, or ../shared/corpus) reads back equal after writing. */
#include <dirent.h>

#include "base/file.h"
#include "base/node.h"
#include "base/testing.h"

static bool is_document(struct str name)
{
    return str_ends(name, ".yaml") || str_ends(name, ".json") || str_ends(name, ".pipeline");
}

static void check_file(const char *path)
{
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct str text;
    struct node **documents, **back, *json;
    size_t count, again;
    struct buf b;
    assert_ok(file_read(a, path, NODE_MAX_BYTES, &text, &e), &e);
    if (node_parse_yaml_stream(a, text, 1000, &documents, &count, &e) != OK)
        fail_msg("%s:%u:%u: %s", path, e.line, e.column, e.message);
    buf_init(&b, a, 0);
    for (size_t i = 0; i < count; i++) {
        buf_cstr(&b, "---\n");
        assert_int_equal(node_write_yaml(&b, documents[i]), node_to_json(a, documents[i]).n);
    }
    assert_ok(node_parse_yaml_stream(a, buf_take(&b), 1000, &back, &again, &e), &e);
    assert_int_equal(count, again);
    for (size_t i = 0; i < count; i++) {
        if (!node_equal(documents[i], back[i]))
            fail_msg("%s: document %zu reads back as something else", path, i + 1);
        assert_ok(node_parse_json(a, node_to_json(a, documents[i]), &json, &e), &e);
        if (!node_equal(documents[i], json))
            fail_msg("%s: document %zu is something else as JSON", path, i + 1);
    }
    arena_free(a);
}

static size_t check_folder(struct arena *a, struct str path)
{
    struct str *names;
    size_t count, files = 0;
    struct err e = {0};
    assert_ok(dir_list(a, str_cstr(a, path), 10000, &names, &count, &e), &e);
    for (size_t i = 0; i < count; i++) {
        struct str below = str_printf(a, "%.*s/%.*s", STR_ARG(path), STR_ARG(names[i]));
        DIR *dir = opendir(below.p);
        if (dir != NULL) {
            closedir(dir);
            files += check_folder(a, below);
        } else if (is_document(names[i])) {
            check_file(below.p);
            files++;
        }
    }
    return files;
}

static void every_file_of_the_corpus_reads_back_equal(void **state)
{
    const char *corpus = getenv("CORPUS");
    if (corpus == NULL)
        corpus = "../shared/corpus";
    if (!file_exists(corpus)) {
        print_message("no corpus at %s (CORPUS names another place)\n", corpus);
        skip();
    }
    size_t files = check_folder(*state, str_of(corpus));
    print_message("%zu files\n", files);
    assert_true(files > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(every_file_of_the_corpus_reads_back_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
