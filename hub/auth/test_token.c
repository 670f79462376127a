#include "base/testing.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "hub/auth/token.h"

static char folder[] = "/tmp/hub-token-XXXXXX";
static char path[64];

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/var/token", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return dir_remove(folder, NULL) == OK ? 0 : -1;
}

static void makes_and_keeps_it(void **state)
{
    struct str first, second;
    struct err e = {0};
    struct stat st;
    assert_ok(token_file(*state, path, &first, &e), &e);
    assert_int_equal(first.n, 64);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_ok(token_file(*state, path, &second, &e), &e);
    assert_str_eq(second, first);
    struct str *names;
    size_t count;
    char var[64];
    snprintf(var, sizeof var, "%s/var", folder);
    assert_ok(dir_list(*state, var, 10, &names, &count, &e), &e);
    assert_int_equal(count, 1); /* nothing temporary is left */
}

static void refuses_what_others_can_read(void **state)
{
    struct str token;
    struct err e = {0};
    assert_int_equal(chmod(path, 0640), 0);
    assert_error(token_file(*state, path, &token, &e), &e, ERR_DENIED, "token_readable");
    assert_true(e.hint[0] != '\0');
    assert_int_equal(chmod(path, 0600), 0);
}

static void refuses_what_is_no_token(void **state)
{
    struct str token;
    struct err e = {0};
    assert_ok(file_write(path, STR("0123\n"), 0600, &e), &e);
    assert_error(token_file(*state, path, &token, &e), &e, ERR_INVALID, "token_malformed");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/dev/null", path), 0);
    assert_int_not_equal(token_file(*state, path, &token, &e), OK);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_not_equal(token_file(*state, path, &token, &e), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(makes_and_keeps_it),
        with_arena(refuses_what_others_can_read),
        with_arena(refuses_what_is_no_token),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
