#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/testing.h"

struct folder {
    struct arena *a;
    char path[64];
};

static int make_folder(void **state)
{
    static struct folder f;
    snprintf(f.path, sizeof f.path, "%s", "/tmp/test_file.XXXXXX");
    f.a = arena_new(0);
    *state = &f;
    return f.a == NULL || mkdtemp(f.path) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    const struct folder *f = *state;
    struct err e = {0};
    arena_fail_at(0);
    arena_free(f->a);
    return dir_remove(f->path, &e) == OK && !file_exists(f->path) ? 0 : -1;
}

static const char *in(const struct folder *f, const char *name)
{
    return str_printf(f->a, "%s/%s", f->path, name).p;
}

static void what_is_written_is_read(void **state)
{
    const struct folder *f = *state;
    struct err e = {0};
    struct str back;
    struct stat st;
    const char *path = in(f, "x");
    assert_ok(file_write(path, STR("a\0b"), 0640, &e), &e);
    assert_ok(file_write(path, STR("new\0"), 0600, &e), &e);
    assert_ok(file_read(f->a, path, 4, &back, &e), &e);
    assert_str_eq(back, STR("new\0"));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    struct str *names;
    size_t count;
    assert_ok(dir_list(f->a, f->path, 1, &names, &count, &e), &e);
    assert_int_equal(count, 1); /* nothing temporary is left */
    assert_ok(file_write(path, STR_NONE, 0600, &e), &e);
    assert_ok(file_read(f->a, path, 0, &back, &e), &e);
    assert_int_equal(back.n, 0);
}

static void a_file_over_the_limit_is_refused(void **state)
{
    const struct folder *f = *state;
    struct err e = {0};
    struct str back;
    assert_ok(file_write(in(f, "x"), STR("12345"), 0600, &e), &e);
    assert_error(file_read(f->a, in(f, "x"), 4, &back, &e), &e, ERR_LIMIT, "file_too_large");
    assert_ok(file_read(f->a, in(f, "x"), 5, &back, &e), &e);
    assert_error(file_read(f->a, "/dev/zero", 100000, &back, &e), &e, ERR_LIMIT, "file_too_large");
}

static void standard_input_is_a_dash(void **state)
{
    const struct folder *f = *state;
    struct err e = {0};
    struct str back;
    int ends[2], saved = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "abc", 3), 3);
    close(ends[1]);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    enum status s = file_read(f->a, "-", 100, &back, &e);
    assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
    close(saved);
    close(ends[0]);
    assert_ok(s, &e);
    assert_str(back, "abc");
}

static void what_is_missing_is_said(void **state)
{
    const struct folder *f = *state;
    struct err e = {0};
    struct str back, *names;
    size_t count;
    assert_error(file_read(f->a, in(f, "no"), 9, &back, &e), &e, ERR_NOT_FOUND, "file_read");
    assert_error(file_read(f->a, f->path, 9, &back, &e), &e, ERR_IO, "file_read");
    assert_error(file_write(in(f, "no/x"), STR("x"), 0600, &e), &e, ERR_NOT_FOUND, "file_write");
    assert_error(file_write(f->path, STR("x"), 0600, &e), &e, ERR_IO, "file_write");
    assert_error(dir_list(f->a, in(f, "no"), 9, &names, &count, &e), &e, ERR_NOT_FOUND, "folder_read");
    assert_error(dir_make("", 0700, &e), &e, ERR_NOT_FOUND, "folder_make");
    assert_false(file_exists(in(f, "no")));
    char *path = memset(arena_alloc(f->a, 5001), 'x', 5000);
    assert_error(file_write(path, STR("x"), 0600, &e), &e, ERR_IO, "file_write");
    assert_error(dir_make(path, 0700, &e), &e, ERR_IO, "folder_make");
}

static void names_come_sorted_and_limited(void **state)
{
    const struct folder *f = *state;
    struct err e = {0};
    struct str *names;
    size_t count;
    for (int i = 0; i < 40; i++)
        assert_ok(file_write(str_printf(f->a, "%s/%02d", f->path, 39 - i).p, STR(""), 0600, &e), &e);
    assert_ok(dir_list(f->a, f->path, 40, &names, &count, &e), &e);
    assert_int_equal(count, 40);
    assert_str(names[0], "00");
    assert_str(names[39], "39");
    assert_error(dir_list(f->a, f->path, 39, &names, &count, &e), &e, ERR_LIMIT, "folder_too_large");
}

static void folders_are_made_with_their_parents(void **state)
{
    const struct folder *f = *state;
    struct err e = {0};
    assert_ok(dir_make(in(f, "a/b//c/"), 0700, &e), &e);
    assert_ok(dir_make(in(f, "a/b/c"), 0700, &e), &e);
    assert_true(file_exists(in(f, "a/b/c")));
    assert_ok(file_write(in(f, "file"), STR(""), 0600, &e), &e);
    assert_error(dir_make(in(f, "file"), 0700, &e), &e, ERR_IO, "folder_make");
    assert_error(dir_make(in(f, "file/x"), 0700, &e), &e, ERR_IO, "folder_make");
}

static void removing_does_not_follow_links(void **state)
{
    const struct folder *f = *state;
    struct err e = {0};
    assert_ok(dir_make(in(f, "keep"), 0700, &e), &e);
    assert_ok(dir_make(in(f, "gone/deep"), 0700, &e), &e);
    assert_ok(file_write(in(f, "keep/x"), STR("x"), 0600, &e), &e);
    assert_ok(file_write(in(f, "gone/deep/x"), STR("x"), 0600, &e), &e);
    assert_int_equal(symlink("../keep", in(f, "gone/link")), 0);
    assert_int_equal(symlink("keep", in(f, "link")), 0);
    assert_ok(dir_remove(in(f, "gone"), &e), &e);
    assert_false(file_exists(in(f, "gone")));
    assert_true(file_exists(in(f, "keep/x")));
    assert_error(dir_remove(in(f, "link"), &e), &e, ERR_IO, "folder_remove");
    assert_true(file_exists(in(f, "keep/x")));
    assert_ok(dir_remove(in(f, "gone"), &e), &e);
    assert_error(dir_remove(in(f, "keep/x"), &e), &e, ERR_IO, "folder_remove");
}

static void folders_nested_without_end_are_not_followed(void **state)
{
    const struct folder *f = *state;
    struct err e = {0};
    char path[600];
    int n = snprintf(path, sizeof path, "%s", in(f, "d"));
    for (int i = 0; i < 130; i++)
        n += snprintf(path + n, sizeof path - (size_t)n, "/d");
    assert_ok(dir_make(path, 0700, &e), &e);
    assert_error(dir_remove(in(f, "d"), &e), &e, ERR_IO, "folder_remove");
    assert_ok(dir_remove(in(f, "d/d/d/d/d/d"), &e), &e);
}

static const char *read_path;

static enum status read_both(struct arena *a, struct err *e)
{
    struct str back, *names;
    size_t count;
    enum status s = file_read(a, read_path, 100, &back, e);
    if (s == OK)
        s = file_read(a, "/proc/self/status", 100000, &back, e); /* of unknown size */
    return s == OK ? dir_list(a, "/", 1000, &names, &count, e) : s;
}

static void every_allocation_may_fail(void **state)
{
    const struct folder *f = *state;
    struct err e = {0};
    read_path = in(f, "x");
    assert_ok(file_write(read_path, STR("x"), 0600, &e), &e);
    assert_true(testing_each_allocation_fails(read_both) > 4);
}

int main(void)
{
#define with_folder(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        with_folder(what_is_written_is_read),        with_folder(a_file_over_the_limit_is_refused),
        with_folder(standard_input_is_a_dash),       with_folder(what_is_missing_is_said),
        with_folder(names_come_sorted_and_limited),  with_folder(folders_are_made_with_their_parents),
        with_folder(removing_does_not_follow_links), with_folder(folders_nested_without_end_are_not_followed),
        with_folder(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
