#include "base/file.h"
#include "registry/testing.h"

/* A folder of migrations of its own, and a database. */
struct folder {
    struct arena *a;
    char path[64];
    const char *url;
    char reported[256];
};

static int setup(void **state)
{
    struct folder *f = calloc(1, sizeof *f);
    if (!f)
        return -1;
    f->a = arena_new(0);
    snprintf(f->path, sizeof f->path, "/tmp/hub-migrations-XXXXXX");
    f->url = pg_new("template0");
    *state = f;
    return mkdtemp(f->path) ? 0 : -1;
}

static int teardown(void **state)
{
    struct folder *f = *state;
    struct err e = {0};
    enum status s = dir_remove(f->path, &e);
    arena_free(f->a);
    free(f);
    return s;
}

static void write_file(struct folder *f, const char *name, const char *text)
{
    struct err e = {0};
    assert_int_equal(file_write(str_printf(f->a, "%s/%s", f->path, name).p, str_of(text), 0644, &e), OK);
}

static void remove_file(struct folder *f, const char *name)
{
    assert_int_equal(unlink(str_printf(f->a, "%s/%s", f->path, name).p), 0);
}

static void report(void *context, const char *name)
{
    struct folder *f = context;
    size_t n = strlen(f->reported);
    snprintf(f->reported + n, sizeof f->reported - n, "%s ", name);
}

static enum status migrate(struct folder *f, bool dry_run, struct err *e)
{
    f->reported[0] = '\0';
    *e = (struct err){0};
    return migrate_run(f->url, f->path, dry_run, report, f, e);
}

static void two_files(struct folder *f)
{
    write_file(f, "0001_first.sql", "CREATE TABLE one (id int);\nINSERT INTO one VALUES (1);\n");
    write_file(f, "0002_second.sql", "ALTER TABLE one ADD COLUMN name text;\n");
}

static void applies_each_file_once_and_in_order(void **state)
{
    struct folder *f = *state;
    struct err e;
    two_files(f);
    write_file(f, "README.md", "not a migration");
    assert_int_equal(migrate(f, false, &e), OK);
    assert_string_equal(f->reported, "0001_first.sql 0002_second.sql ");
    assert_int_equal(migrate(f, false, &e), OK);
    assert_string_equal(f->reported, "");
    write_file(f, "0003_third.sql", "DROP TABLE one;");
    assert_int_equal(migrate(f, false, &e), OK);
    assert_string_equal(f->reported, "0003_third.sql ");
    assert_int_equal(pg_number(f->url, "SELECT count(*) FROM schema_migration"), 3);
}

static void a_dry_run_reports_and_changes_nothing(void **state)
{
    struct folder *f = *state;
    struct err e;
    two_files(f);
    assert_int_equal(migrate(f, true, &e), OK);
    assert_string_equal(f->reported, "0001_first.sql 0002_second.sql ");
    assert_int_equal(pg_number(f->url, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), 0);
}

static void an_edited_file_is_refused(void **state)
{
    struct folder *f = *state;
    struct err e;
    two_files(f);
    assert_int_equal(migrate(f, false, &e), OK);
    write_file(f, "0001_first.sql", "CREATE TABLE other (id int);");
    write_file(f, "0003_third.sql", "DROP TABLE one;");
    assert_error(migrate(f, false, &e), &e, ERR_INVALID, "migration_edited");
    assert_int_equal(pg_number(f->url, "SELECT count(*) FROM one"), 1);
}

static void a_missing_file_is_refused(void **state)
{
    struct folder *f = *state;
    struct err e;
    two_files(f);
    write_file(f, "0003_third.sql", "DROP TABLE one;");
    assert_int_equal(migrate(f, false, &e), OK);
    remove_file(f, "0002_second.sql");
    assert_error(migrate(f, false, &e), &e, ERR_INVALID, "migration_missing");
}

static void a_database_newer_than_the_folder_is_refused(void **state)
{
    struct folder *f = *state;
    struct err e;
    two_files(f);
    assert_int_equal(migrate(f, false, &e), OK);
    remove_file(f, "0002_second.sql");
    assert_error(migrate(f, false, &e), &e, ERR_INVALID, "migration_newer");
}

static void gaps_duplicates_and_strange_names_are_refused(void **state)
{
    struct folder *f = *state;
    struct err e;
    write_file(f, "0001_first.sql", "SELECT 1");
    write_file(f, "0003_third.sql", "SELECT 1");
    assert_error(migrate(f, false, &e), &e, ERR_INVALID, "migration_gap");
    remove_file(f, "0003_third.sql");
    write_file(f, "0001_again.sql", "SELECT 1");
    assert_error(migrate(f, false, &e), &e, ERR_INVALID, "migration_duplicate");
    remove_file(f, "0001_again.sql");
    write_file(f, "2_second.sql", "SELECT 1");
    assert_error(migrate(f, false, &e), &e, ERR_INVALID, "migration_name");
    assert_int_equal(pg_number(f->url, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), 0);
}

static void a_failing_file_leaves_nothing_and_says_where(void **state)
{
    struct folder *f = *state;
    struct err e;
    two_files(f);
    write_file(f, "0003_third.sql", "CREATE TABLE three (id int);\n\nSELECT nonsense FROM one;\n");
    assert_error(migrate(f, false, &e), &e, ERR_INTERNAL, "migration_failed");
    assert_non_null(strstr(e.message, "0003_third.sql"));
    assert_int_equal(e.line, 3);
    assert_string_equal(f->reported, "0001_first.sql 0002_second.sql ");
    assert_int_equal(pg_number(f->url, "SELECT count(*) FROM pg_class WHERE relname = 'three'"), 0);
}

static void a_file_that_ends_its_transaction_is_refused(void **state)
{
    struct folder *f = *state;
    struct err e;
    write_file(f, "0001_first.sql", "CREATE TABLE one (id int); COMMIT;");
    assert_error(migrate(f, false, &e), &e, ERR_INVALID, "migration_transaction");
}

static void of_two_migrators_at_once_one_applies_and_both_succeed(void **state)
{
    struct folder *f = *state;
    struct err e;
    write_file(f, "0001_first.sql", "CREATE TABLE one (id int); SELECT pg_sleep(0.3);");
    write_file(f, "0002_second.sql", "INSERT INTO one VALUES (1);");
    pid_t child = fork();
    if (child == 0)
        _exit(migrate(f, false, &e) == OK ? 0 : 1);
    enum status s = migrate(f, false, &e);
    int how = -1;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(s, OK);
    assert_int_equal(how, 0);
    assert_int_equal(pg_number(f->url, "SELECT count(*) FROM one"), 1);
}

static void a_server_that_is_not_there_is_unavailable(void **state)
{
    struct folder *f = *state;
    struct err e = {0};
    two_files(f);
    assert_error(migrate_run("host=/nowhere/at/all", f->path, false, NULL, NULL, &e), &e, ERR_UNAVAILABLE,
                 "database_unavailable");
    e = (struct err){0};
    assert_error(migrate_run("no such thing", f->path, false, NULL, NULL, &e), &e, ERR_INVALID, "database_url");
}

static void running_out_of_memory_while_reading_is_an_error(void **state)
{
    struct folder *f = *state;
    struct err e;
    two_files(f);
    for (long i = 1; i < 100; i++) {
        arena_fail_at(i);
        enum status s = migrate(f, true, &e);
        arena_fail_at(0);
        if (s == OK)
            return;
        assert_int_equal(s, ERR_NOMEM);
        assert_int_equal(e.status, ERR_NOMEM);
    }
    fail_msg("it never succeeded");
}

/* Runs before those that use it: the schema's own files go through as a whole. */
static void the_schema_applies_to_an_empty_database(void **state)
{
    struct folder *f = *state;
    struct err e = {0};
    (void)f;
    assert_int_equal(migrate_run(f->url, "migrations", false, NULL, NULL, &e), OK);
    assert_int_equal(pg_number(f->url, "SELECT count(*) FROM principal WHERE id = 1 AND display = 'local'"), 1);
    assert_int_equal(pg_number(f->url, "SELECT count(*) FROM namespace WHERE name IN ('default', 'starter')"), 2);
}

int main(void)
{
#define in_folder(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        in_folder(applies_each_file_once_and_in_order),
        in_folder(a_dry_run_reports_and_changes_nothing),
        in_folder(an_edited_file_is_refused),
        in_folder(a_missing_file_is_refused),
        in_folder(a_database_newer_than_the_folder_is_refused),
        in_folder(gaps_duplicates_and_strange_names_are_refused),
        in_folder(a_failing_file_leaves_nothing_and_says_where),
        in_folder(a_file_that_ends_its_transaction_is_refused),
        in_folder(of_two_migrators_at_once_one_applies_and_both_succeed),
        in_folder(a_server_that_is_not_there_is_unavailable),
        in_folder(running_out_of_memory_while_reading_is_an_error),
        in_folder(the_schema_applies_to_an_empty_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
