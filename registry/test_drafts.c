/* Drafts and their revisions. */
#include "registry/testing.h"

static const char *new_draft(struct with_db *t, const char *ns, const char *document, const char *based_on)
{
    char *id = arena_alloc(t->a, UUID_TEXT);
    assert_int_equal(uuid7(id), OK);
    must(t, SQL_DRAFT_CREATE, T(id), T(ns), T("my draft"), T(""), db_bytes(str_of(document)), T(based_on), T("1"));
    return id;
}

static enum status put(struct with_db *t, const char *id, const char *if_match, const char *title, const char *label,
                       struct str document)
{
    return run(t, SQL_DRAFT_PUT, T(id), T(if_match), T(title), T(label), db_bytes(document), T("1"));
}

static const char *field(struct with_db *t, const char *name)
{
    return text_at(t, node_get(got_json(t), name));
}

static long revisions(struct with_db *t, const char *id)
{
    must(t, SQL_DRAFT_REVISIONS, T(id), T("200"), T(""));
    return (long)node_count(node_get(got_json(t), "items"));
}

static void a_new_draft_has_the_documented_shape(void **state)
{
    struct with_db *t = *state;
    published(t, .kind = "pipeline", .name = "pipe");
    const char *id = new_draft(t, "default", "a: [b\n", "default/pipe");
    assert_string_equal(got(t, 0, 1), "1");
    must(t, SQL_DRAFT_GET, T(id));
    const struct node *d = got_json(t);
    assert_string_equal(text_at(t, node_get(d, "id")), id);
    assert_string_equal(text_at(t, node_get(d, "namespace")), "default");
    assert_string_equal(text_at(t, node_get(d, "title")), "my draft");
    assert_string_equal(text_at(t, node_path(d, "asset", "namespace", NULL)), "default");
    assert_string_equal(text_at(t, node_path(d, "asset", "name", NULL)), "pipe");
    assert_string_equal(text_at(t, node_path(d, "asset", "version", NULL)), "1.0.0");
    assert_string_equal(text_at(t, node_get(d, "revision")), "1");
    assert_string_equal(text_at(t, node_get(d, "document")), "a: [b\n");
    assert_non_null(node_get(d, "created_at"));
    assert_non_null(node_get(d, "updated_at"));
    const char *other = new_draft(t, "elsewhere", "", "");
    assert_true(node_is_null(node_get(got_json(t), "asset")));
    assert_string_equal(field(t, "document"), "");
    refused(t, ERR_CONFLICT, "draft_exists", SQL_DRAFT_CREATE, T(other), T("default"), T("x"), T(""),
            db_bytes(STR("d")), T(""), T("1"));
}

static void a_base_has_to_be_a_pipeline_that_is_there(void **state)
{
    struct with_db *t = *state;
    static const char *const wrong[] = {"default/part", "default/pipe@2.0.0", "default/none", "pipe", "a/b/c", "@"};
    published(t, .kind = "pipeline", .name = "pipe");
    published(t, .name = "part");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char id[UUID_TEXT];
        assert_int_equal(uuid7(id), OK);
        refused(t, ERR_NOT_FOUND, "pipeline_not_found", SQL_DRAFT_CREATE, T(id), T("default"), T("x"), T(""),
                db_bytes(STR("d")), T(wrong[i]), T("1"));
    }
    assert_int_equal(pg_number(t->url, "SELECT count(*) FROM draft"), 0);
}

static void every_other_text_is_a_revision_and_the_same_is_none(void **state)
{
    struct with_db *t = *state;
    const char *id = new_draft(t, "default", "one", "");
    assert_int_equal(put(t, id, "1", "", "named", STR("two")), OK);
    assert_string_equal(got(t, 0, 1), "2");
    assert_string_equal(field(t, "revision"), "2");
    assert_string_equal(field(t, "title"), "my draft");
    assert_int_equal(put(t, id, "2", "", "", STR("two")), OK);
    assert_string_equal(got(t, 0, 1), "2"); /* nothing is new */
    assert_int_equal(put(t, id, "2", "other title", "renamed", STR("two")), OK);
    assert_string_equal(got(t, 0, 1), "3");
    assert_string_equal(field(t, "title"), "other title");
    assert_int_equal(put(t, id, "-1", "", "", STR("one")), OK);
    assert_int_equal(revisions(t, id), 3);
    const struct node *items = node_get(got_json(t), "items"), *second = node_at(items, 1);
    assert_string_equal(text_at(t, node_get(second, "revision")), "2");
    assert_string_equal(text_at(t, node_get(second, "parent")), "1");
    assert_string_equal(text_at(t, node_get(second, "label")), "renamed");
    assert_string_equal(text_at(t, node_get(second, "size")), "3");
    assert_string_equal(text_at(t, node_get(second, "digest")), digest_of(t, "two"));
    assert_string_equal(text_at(t, node_get(second, "created_by")), "local");
    assert_true(node_is_null(node_get(node_at(items, 2), "parent")));
    must(t, SQL_DRAFT_DOCUMENT, T(id), T("2"));
    assert_string_equal(got(t, 0, 0), "two");
    assert_string_equal(got(t, 0, 1), digest_of(t, "two"));
    assert_int_equal(put(t, id, "1", "", "", STR("late")), ERR_STALE);
    assert_int_equal(revisions(t, id), 3);
}

static void lists_come_last_changed_first_and_in_pages(void **state)
{
    struct with_db *t = *state;
    const char *first = new_draft(t, "default", "1", ""), *second = new_draft(t, "default", "2", "");
    new_draft(t, "elsewhere", "3", "");
    assert_int_equal(put(t, first, "-1", "", "", STR("1, changed")), OK);
    must(t, SQL_DRAFT_LIST, T("default"), T("1"), T(""));
    const struct node *page = got_json(t), *draft = node_at(node_get(page, "items"), 0);
    assert_string_equal(text_at(t, node_get(draft, "id")), first);
    assert_null(node_get(draft, "document"));
    must(t, SQL_DRAFT_LIST, T("default"), T("1"), T(text_at(t, node_get(page, "next_cursor"))));
    page = got_json(t);
    assert_string_equal(text_at(t, node_get(node_at(node_get(page, "items"), 0), "id")), second);
    assert_true(node_is_null(node_get(page, "next_cursor")));
    must(t, SQL_DRAFT_LIST, T(""), T("200"), T(""));
    assert_int_equal(node_count(node_get(got_json(t), "items")), 3);
    must(t, SQL_DRAFT_LIST, T("nowhere"), T("200"), T(""));
    assert_int_equal(node_count(node_get(got_json(t), "items")), 0);
    refused(t, ERR_INVALID, "bad_cursor", SQL_DRAFT_LIST, T(""), T("1"), T("x"));
    refused(t, ERR_INVALID, "bad_cursor", SQL_DRAFT_REVISIONS, T(first), T("1"), T("x"));
    must(t, SQL_DRAFT_REVISIONS, T(first), T("1"), T(""));
    must(t, SQL_DRAFT_REVISIONS, T(first), T("1"), T(text_at(t, node_get(got_json(t), "next_cursor"))));
    page = got_json(t);
    assert_string_equal(text_at(t, node_get(node_at(node_get(page, "items"), 0), "revision")), "1");
    assert_true(node_is_null(node_get(page, "next_cursor")));
}

static void a_deleted_draft_is_not_found_but_its_text_is_kept(void **state)
{
    struct with_db *t = *state;
    const char *id = new_draft(t, "default", "text", "");
    refused(t, ERR_STALE, "stale", SQL_DRAFT_DELETE, T(id), T("7"), T("1"));
    must(t, SQL_DRAFT_DELETE, T(id), T("1"), T("1"));
    refused(t, ERR_NOT_FOUND, "draft_not_found", SQL_DRAFT_GET, T(id));
    refused(t, ERR_NOT_FOUND, "draft_not_found", SQL_DRAFT_DELETE, T(id), T("-1"), T("1"));
    refused(t, ERR_NOT_FOUND, "draft_not_found", SQL_DRAFT_REVISIONS, T(id), T("1"), T(""));
    refused(t, ERR_NOT_FOUND, "draft_not_found", SQL_DRAFT_DOCUMENT, T(id), T("1"));
    assert_int_equal(put(t, id, "-1", "", "", STR("x")), ERR_NOT_FOUND);
    must(t, SQL_DRAFT_LIST, T(""), T("200"), T(""));
    assert_int_equal(node_count(node_get(got_json(t), "items")), 0);
    assert_int_equal(pg_number(t->url, "SELECT count(*) FROM draft_revision JOIN blob USING (digest)"), 1);
    assert_int_equal(pg_number(t->url, "SELECT count(*) FROM event WHERE topic = 'drafts'"), 2);
    assert_int_equal(pg_number(t->url, "SELECT count(*) FROM audit WHERE verb LIKE 'draft%'"), 2);
}

static void what_is_not_there_or_too_much_is_told(void **state)
{
    struct with_db *t = *state;
    static const char *const wrong[] = {"0", "2", "-1", "x", "", "99999999999999999999"};
    const char *id = new_draft(t, "default", "text", "");
    refused(t, ERR_NOT_FOUND, "draft_not_found", SQL_DRAFT_GET, T("no uuid"));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refused(t, ERR_NOT_FOUND, "revision_not_found", SQL_DRAFT_DOCUMENT, T(id), T(wrong[i]));
    char *spaces = arena_alloc(t->a, (4 << 20) + 1);
    struct str large = {spaces, (4 << 20) + 1};
    memset(spaces, ' ', large.n);
    assert_int_equal(put(t, id, "-1", "", "", large), ERR_LIMIT);
    assert_int_equal(put(t, id, "-1", "", "", str_sub(large, 0, 4 << 20)), OK);
    assert_int_equal(put(t, id, "-1", str_cstr(t->a, str_sub(large, 0, 201)), "", STR("x")), ERR_INVALID);
    pg_sql(t->url, "UPDATE draft SET head_rev = 10000; UPDATE draft_revision SET rev = 10000 WHERE rev = 2");
    assert_int_equal(put(t, id, "-1", "", "", STR("one more")), ERR_CONFLICT);
    assert_string_equal(t->r.e.code, "too_many_revisions");
    assert_int_equal(put(t, id, "-1", "a title", "", str_sub(large, 0, 4 << 20)), OK); /* no new revision */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_database(a_new_draft_has_the_documented_shape),
        with_database(a_base_has_to_be_a_pipeline_that_is_there),
        with_database(every_other_text_is_a_revision_and_the_same_is_none),
        with_database(lists_come_last_changed_first_and_in_pages),
        with_database(a_deleted_draft_is_not_found_but_its_text_is_kept),
        with_database(what_is_not_there_or_too_much_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
