/* Assets, versions, tags and publishing, as the statements of registry/sql give them. */
#include "registry/testing.h"

#define IFACE(name) "{\"inputs\":[{\"name\":\"" name "\",\"type\":\"String\"}],\"outputs\":[]}"

static struct node *get_asset(struct with_db *t, const char *name)
{
    must(t, SQL_ASSET_GET, T("default"), T("component"), T(name));
    return got_json(t);
}

static const char *asset_row(struct with_db *t, const char *name)
{
    must(t, SQL_ASSET_GET, T("default"), T("component"), T(name));
    return got(t, 0, 1);
}

static struct node *get_version(struct with_db *t, const char *name, const char *ref)
{
    must(t, SQL_VERSION_GET, T("default"), T("component"), T(name), T(ref));
    return got_json(t);
}

static enum status drop_version(struct with_db *t, const char *name, const char *version)
{
    return run(t, SQL_VERSION_DELETE, T("default"), T("component"), T(name), T(version), T("-1"), T("1"));
}

static enum status tag(struct with_db *t, const char *name, const char *tag, const char *ref)
{
    return run(t, SQL_TAG_PUT, T("default"), T("component"), T(name), T(tag), T(ref), T("-1"), T("1"));
}

static const char *latest(struct with_db *t, const char *name)
{
    return text_at(t, node_path(get_asset(t, name), "latest", "version", NULL));
}

static void publishing_makes_an_asset_of_the_documented_shape(void **state)
{
    struct with_db *t = *state;
    published(t, .name = "train", .title = "Train it", .description = "Trains.", .provider = "me",
              .labels = "{\"team\":\"a\"}", .keywords = "[\"ml\"]", .featured = "true", .main = "the main file",
              .interface = IFACE("x"));
    assert_string_equal(got(t, 0, 1), "t");
    const struct node *v = got_json(t);
    static const char *const of_version[] = {"kind", "namespace",  "name",       "version",    "digest",    "format",
                                             "size", "created_at", "created_by", "deleted_at", "interface", "facts"};
    for (size_t i = 0; i < sizeof of_version / sizeof *of_version; i++)
        assert_non_null(node_get(v, of_version[i]));
    assert_string_equal(text_at(t, node_get(v, "digest")), digest_of(t, "the main file"));
    assert_string_equal(text_at(t, node_get(v, "size")), "13");
    assert_string_equal(text_at(t, node_get(v, "created_by")), "local");
    assert_true(node_is_null(node_get(v, "deleted_at")));
    int64_t us;
    assert_true(time_parse(node_text(node_get(v, "created_at")), &us));
    assert_int_equal(node_text(node_get(v, "created_at")).n, 27); /* micro-seconds and Z */
    const struct node *a = get_asset(t, "train");
    static const char *const of_asset[] = {
        "kind",     "namespace",  "name", "title",    "description", "provider",   "labels",     "featured",
        "approved", "deprecated", "tags", "versions", "used_by",     "created_at", "updated_at", "latest"};
    for (size_t i = 0; i < sizeof of_asset / sizeof *of_asset; i++)
        assert_non_null(node_get(a, of_asset[i]));
    assert_string_equal(text_at(t, node_path(a, "labels", "team", NULL)), "a");
    assert_string_equal(text_at(t, node_get(a, "versions")), "1");
    assert_string_equal(text_at(t, node_path(a, "latest", "interface", "inputs", NULL)->items[0]->pairs[0].value), "x");
    assert_true(node_bool(node_get(a, "featured"), false));
}

static void the_same_bytes_again_are_that_version_and_other_bytes_a_conflict(void **state)
{
    struct with_db *t = *state;
    published(t, .name = "a", .main = "one", .package = "packed");
    published(t, .name = "a", .main = "one", .package = "packed");
    assert_string_equal(got(t, 0, 1), "f");
    assert_int_equal(publish(t, (struct pub){.name = "a", .main = "two"}), ERR_CONFLICT);
    assert_string_equal(t->r.e.code, "version_exists");
    assert_int_equal(publish(t, (struct pub){.name = "a", .main = "one", .package = "other"}), ERR_CONFLICT);
    assert_int_equal(pg_number(t->url, "SELECT count(*) FROM version"), 1);
}

static void latest_is_the_highest_release_whatever_the_order_of_publishing(void **state)
{
    struct with_db *t = *state;
    published(t, .name = "a", .version = "1.2.0-rc.1", .prerelease = true, .title = "Candidate");
    assert_string_equal(latest(t, "a"), "1.2.0-rc.1"); /* nothing better */
    published(t, .name = "a", .version = "1.10.0", .title = "Ten");
    published(t, .name = "a", .version = "1.9.0", .title = "Nine");
    published(t, .name = "a", .version = "2.0.0-rc.1", .prerelease = true, .title = "Two");
    published(t, .name = "a", .version = "main", .title = "Branch");
    assert_string_equal(latest(t, "a"), "1.10.0");
    assert_string_equal(text_at(t, node_get(get_asset(t, "a"), "title")), "Ten");
    must(t, SQL_VERSION_LIST, T("default"), T("component"), T("a"), T(""), T(""));
    static const char *const order[] = {"2.0.0-rc.1", "1.10.0", "1.9.0", "1.2.0-rc.1", "main"};
    const struct node *items = node_get(got_json(t), "items");
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(text_at(t, node_get(node_at(items, i), "version")), order[i]);
}

static void versions_come_in_pages_without_gaps(void **state)
{
    struct with_db *t = *state;
    for (int i = 0; i < 7; i++)
        published(t, .name = "a", .version = str_printf(t->a, "1.%d.0", i).p);
    const char *cursor = "";
    for (int left = 7; left > 0; left -= 3) {
        must(t, SQL_VERSION_LIST, T("default"), T("component"), T("a"), T("3"), T(cursor));
        const struct node *page = got_json(t);
        assert_int_equal(node_count(node_get(page, "items")), left < 3 ? left : 3);
        assert_string_equal(text_at(t, node_get(node_at(node_get(page, "items"), 0), "version")),
                            str_printf(t->a, "1.%d.0", left - 1).p);
        cursor = text_at(t, node_get(page, "next_cursor"));
    }
    assert_string_equal(cursor, "null");
    refused(t, ERR_INVALID, "bad_cursor", SQL_VERSION_LIST, T("default"), T("component"), T("a"), T("3"), T("AAAA"));
    refused(t, ERR_NOT_FOUND, "asset_not_found", SQL_VERSION_LIST, T("default"), T("component"), T("b"), T(""), T(""));
}

static void a_tombstone_is_found_by_number_and_digest_but_never_by_tag_or_latest(void **state)
{
    struct with_db *t = *state;
    published(t, .name = "a", .version = "1.0.0", .main = "one");
    published(t, .name = "a", .version = "1.1.0", .main = "two");
    assert_int_equal(tag(t, "a", "prod", "1.1.0"), OK);
    assert_int_equal(drop_version(t, "a", "1.1.0"), OK);
    assert_false(node_is_null(node_get(got_json(t), "deleted_at")));
    assert_string_equal(latest(t, "a"), "1.0.0");
    assert_false(node_is_null(node_get(get_version(t, "a", "1.1.0"), "deleted_at")));
    assert_string_equal(text_at(t, node_get(get_version(t, "a", digest_of(t, "two")), "version")), "1.1.0");
    assert_string_equal(text_at(t, node_get(get_version(t, "a", digest_of(t, "two") + 7), "version")), "1.1.0");
    assert_string_equal(text_at(t, node_get(get_version(t, "a", "latest"), "version")), "1.0.0");
    refused(t, ERR_NOT_FOUND, "version_not_found", SQL_VERSION_GET, T("default"), T("component"), T("a"), T("prod"));
    assert_int_equal(publish(t, (struct pub){.name = "a", .version = "1.1.0", .main = "two"}), ERR_CONFLICT);
    assert_string_equal(t->r.e.code, "version_deleted");
    assert_int_equal(drop_version(t, "a", "1.1.0"), OK); /* stays as it is */
    assert_int_equal(drop_version(t, "a", "9.9.9"), ERR_NOT_FOUND);
    must(t, SQL_VERSION_CONTENT, T("default"), T("component"), T("a"), T("1.1.0"));
    assert_string_equal(got(t, 0, 0), "two");
    assert_string_equal(got(t, 0, 1), digest_of(t, "two"));
}

static void a_deleted_asset_is_hidden_and_comes_back_with_higher_numbers(void **state)
{
    struct with_db *t = *state;
    published(t, .name = "a", .version = "1.0.0", .main = "one");
    published(t, .name = "a", .version = "1.1.0", .main = "two");
    must(t, SQL_ASSET_DELETE, T("default"), T("component"), T("a"), T("-1"), T("1"));
    assert_string_equal(got(t, 0, 0), "2");
    refused(t, ERR_NOT_FOUND, "asset_not_found", SQL_ASSET_GET, T("default"), T("component"), T("a"));
    refused(t, ERR_NOT_FOUND, "asset_not_found", SQL_VERSION_GET, T("default"), T("component"), T("a"), T("latest"));
    assert_false(node_is_null(node_get(get_version(t, "a", "1.0.0"), "deleted_at")));
    must(t, SQL_PUBLISH_PREPARE, T("default"), T("component"), T("a"), T(digest_of(t, "two")), T("1.1.0"));
    assert_string_equal(got(t, 0, 0), "f");
    assert_string_equal(got(t, 0, 1), "1.1.0");
    assert_string_equal(got(t, 0, 2), "");
    assert_null(got(t, 0, 4)); /* a tombstone is not "the same version" */
    assert_string_equal(got(t, 0, 6), "deleted");
    published(t, .name = "a", .version = "1.2.0", .main = "two", .expected = "1.1.0");
    assert_string_equal(latest(t, "a"), "1.2.0");
    assert_string_equal(text_at(t, node_get(get_asset(t, "a"), "versions")), "1");
}

static void preparing_tells_what_publishing_has_to_know(void **state)
{
    struct with_db *t = *state;
    must(t, SQL_PUBLISH_PREPARE, T("default"), T("component"), T("a"), T(digest_of(t, "one")), T(""));
    assert_string_equal(got(t, 0, 0), "f");
    assert_string_equal(got(t, 0, 1), "");
    published(t, .name = "a", .version = "1.0.0", .main = "one", .package = "pack", .title = "A",
              .interface = IFACE("x"));
    assert_int_equal(tag(t, "a", "prod", "1.0.0"), OK);
    must(t, SQL_PUBLISH_PREPARE, T("default"), T("component"), T("a"), T(digest_of(t, "one")), T("1.0.0"));
    assert_string_equal(got(t, 0, 0), "t");
    assert_string_equal(got(t, 0, 1), "1.0.0");
    assert_string_equal(got(t, 0, 2), "1.0.0");
    assert_string_equal(got(t, 0, 3), IFACE("x"));
    assert_non_null(strstr(got(t, 0, 4), "\"1.0.0\""));
    assert_string_equal(got(t, 0, 5), digest_of(t, "pack"));
    assert_string_equal(got(t, 0, 6), "live");
    assert_non_null(got(t, 0, 7));
    assert_string_equal(got(t, 0, 9), "A");
    must(t, SQL_PUBLISH_PREPARE, T("default"), T("component"), T("a"), T(digest_of(t, "two")), T("prod"));
    assert_null(got(t, 0, 4));
    assert_string_equal(got(t, 0, 6), "tag");
}

static void who_publishes_on_old_news_is_told_to_look_again(void **state)
{
    struct with_db *t = *state;
    published(t, .name = "a", .version = "1.0.0", .expected = "");
    published(t, .name = "a", .version = "1.1.0", .expected = "1.0.0");
    assert_int_equal(publish(t, (struct pub){.name = "a", .version = "1.0.1", .expected = "1.0.0"}), ERR_CONFLICT);
    assert_string_equal(t->r.e.code, "raced");
}

static void bytes_that_were_not_stored_cannot_be_published(void **state)
{
    struct with_db *t = *state;
    assert_int_equal(
        publish(t, (struct pub){.name = "a",
                                .members = str_printf(t->a, "[{\"path\":\"README.md\",\"digest\":\"%s\",\"size\":1}]",
                                                      digest_of(t, "never stored"))
                                               .p}),
        ERR_UNAVAILABLE);
    assert_string_equal(t->r.e.code, "blob_missing");
    refused(t, ERR_NOT_FOUND, "asset_not_found", SQL_ASSET_GET, T("default"), T("component"), T("a"));
}

static void names_versions_and_kinds_are_checked(void **state)
{
    struct with_db *t = *state;
    static const struct {
        struct pub p;
        const char *code;
    } bad[] = {
        {{.name = "Upper"}, "bad_name"},
        {{.name = "-a"}, "bad_name"},
        {{.name = "a23456789012345678901234567890123456789012345678901234567x"}, "bad_name"},
        {{.name = "a", .ns = "no/slash"}, "bad_namespace"},
        {{.name = "a", .kind = "thing"}, "bad_kind"},
        {{.name = "a", .version = "latest"}, "bad_version"},
        {{.name = "a", .version = "sha256:00"}, "bad_version"},
        {{.name = "a", .version = "a b"}, "bad_version"},
        {{.name = "a", .version = "a/b"}, "bad_version"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(publish(t, bad[i].p), ERR_INVALID);
        assert_string_equal(t->r.e.code, bad[i].code);
    }
    published(t, .name = "a", .ns = "team-x");
    assert_int_equal(pg_number(t->url, "SELECT count(*) FROM namespace"), 3);
}

static void tags_move_keep_a_history_and_never_hide_a_version(void **state)
{
    struct with_db *t = *state;
    published(t, .name = "a", .version = "1.0.0");
    published(t, .name = "a", .version = "1.1.0");
    assert_int_equal(tag(t, "a", "prod", "1.0.0"), OK);
    assert_int_equal(tag(t, "a", "prod", "latest"), OK);
    assert_string_equal(text_at(t, node_get(get_version(t, "a", "prod"), "version")), "1.1.0");
    assert_string_equal(text_at(t, node_path(get_asset(t, "a"), "tags", "prod", NULL)), "1.1.0");
    assert_int_equal(tag(t, "a", "1.0.0", "1.1.0"), ERR_CONFLICT);
    assert_string_equal(t->r.e.code, "tag_is_version");
    assert_int_equal(tag(t, "a", "latest", "1.1.0"), ERR_INVALID);
    assert_int_equal(tag(t, "a", digest_of(t, "x") + 7, "1.1.0"), ERR_INVALID);
    assert_int_equal(tag(t, "a", "dev", "7.0.0"), ERR_NOT_FOUND);
    assert_int_equal(publish(t, (struct pub){.name = "a", .version = "prod"}), ERR_CONFLICT);
    assert_string_equal(t->r.e.code, "version_is_tag");
    const char *row = asset_row(t, "a");
    refused(t, ERR_STALE, "stale", SQL_TAG_DELETE, T("default"), T("component"), T("a"), T("prod"), T("1"), T("1"));
    must(t, SQL_TAG_DELETE, T("default"), T("component"), T("a"), T("prod"), T(row), T("1"));
    refused(t, ERR_NOT_FOUND, "tag_not_found", SQL_TAG_DELETE, T("default"), T("component"), T("a"), T("prod"), T("-1"),
            T("1"));
    must(t, SQL_TAG_HISTORY, T("default"), T("component"), T("a"));
    const struct node *items = node_get(got_json(t), "items");
    assert_int_equal(node_count(items), 3);
    assert_true(node_is_null(node_get(node_at(items, 0), "to")));
    assert_string_equal(text_at(t, node_get(node_at(items, 1), "from")), "1.0.0");
    assert_string_equal(text_at(t, node_get(node_at(items, 1), "to")), "1.1.0");
}

static void a_patch_changes_what_it_names_and_nothing_when_it_is_stale(void **state)
{
    struct with_db *t = *state;
    published(t, .name = "a", .title = "A", .labels = "{\"x\":\"1\",\"y\":\"2\"}");
    const char *row = asset_row(t, "a");
    must(t, SQL_ASSET_PATCH, T("default"), T("component"), T("a"), T(row),
         T("{\"labels\":{\"x\":null,\"z\":\"3\"},\"approved\":true,\"deprecated\":{\"reason\":\"old\"}}"), T("1"));
    const struct node *a = got_json(t);
    assert_string_equal(text_at(t, node_get(a, "title")), "A");
    assert_null(node_path(a, "labels", "x", NULL));
    assert_string_equal(text_at(t, node_path(a, "labels", "y", NULL)), "2");
    assert_string_equal(text_at(t, node_path(a, "labels", "z", NULL)), "3");
    assert_string_equal(text_at(t, node_path(a, "deprecated", "reason", NULL)), "old");
    assert_true(node_is_null(node_path(a, "deprecated", "successor", NULL)));
    refused(t, ERR_STALE, "stale", SQL_ASSET_PATCH, T("default"), T("component"), T("a"), T(row), T("{}"), T("1"));
    must(t, SQL_ASSET_PATCH, T("default"), T("component"), T("a"), T("-1"), T("{\"deprecated\":null}"), T("1"));
    assert_true(node_is_null(node_get(got_json(t), "deprecated")));
    static const char *const bad[] = {"{\"name\":\"b\"}",        "{\"title\":1}",  "{\"title\":\"\"}",     "[]",
                                      "{\"labels\":{\"x\":[]}}", "{\"labels\":7}", "{\"deprecated\":true}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refused(t, ERR_INVALID, "bad_patch", SQL_ASSET_PATCH, T("default"), T("component"), T("a"), T("-1"), T(bad[i]),
                T("1"));
}

static void files_and_packages_come_back_byte_for_byte(void **state)
{
    struct with_db *t = *state;
    static const char bytes[] = "# Read\0me";
    must(t, SQL_BLOB_PUT_MANY, T("[9,2]"), db_bytes((struct str){"# Read\0mexy", 11}));
    assert_string_equal(got(t, 0, 0), "2");
    refused(t, ERR_INVALID, "bad_sizes", SQL_BLOB_PUT_MANY, T("[9,3]"), db_bytes(STR("0123456789")));
    uint8_t d[SHA256_BYTES];
    assert_int_equal(sha256((struct str){bytes, 9}, d), OK);
    published(t, .name = "a", .main = "main", .package = "tar",
              .members = str_printf(t->a,
                                    "[{\"path\":\"component.yaml\",\"digest\":\"%s\",\"size\":4},"
                                    "{\"path\":\"README.md\",\"digest\":\"%s\",\"size\":9}]",
                                    digest_of(t, "main"), digest_text(t->a, d).p)
                             .p);
    must(t, SQL_VERSION_PACKAGE, T("default"), T("component"), T("a"), T("1.0.0"));
    assert_string_equal(got(t, 0, 0), "tgz");
    assert_string_equal(got(t, 0, 1), "tar");
    assert_string_equal(got(t, 0, 2), digest_of(t, "tar"));
    must(t, SQL_VERSION_MEMBERS, T(got(t, 0, 3)));
    assert_int_equal(db_count(&t->r), 2);
    assert_string_equal(got(t, 0, 0), "component.yaml");
    assert_str_eq(db_get(&t->r, 1, 1), ((struct str){bytes, 9}));
    must(t, SQL_VERSION_FILE, T("default"), T("component"), T("a"), T("latest"), T("README.md"));
    assert_str_eq(db_get(&t->r, 0, 0), ((struct str){bytes, 9}));
    refused(t, ERR_NOT_FOUND, "file_not_found", SQL_VERSION_FILE, T("default"), T("component"), T("a"), T("latest"),
            T("icon.png"));
    must(t, SQL_BLOB_GET, T(digest_text(t->a, d).p));
    assert_str_eq(db_get(&t->r, 0, 0), ((struct str){bytes, 9}));
}

static void the_sweep_takes_old_bytes_that_nothing_refers_to(void **state)
{
    struct with_db *t = *state;
    published(t, .name = "a", .main = "used", .package = "used too");
    must(t, SQL_BLOB_PUT, T(NULL), db_bytes(STR("stray")));
    must(t, SQL_BLOB_PUT, T(NULL), db_bytes(STR("fresh stray")));
    pg_sql(t->url, "UPDATE blob SET stored_at = now() - interval '3 hours' WHERE data <> 'fresh stray'");
    must(t, SQL_BLOB_SWEEP, T("2"), T("100"));
    assert_string_equal(got(t, 0, 0), "1");
    assert_int_equal(pg_number(t->url, "SELECT count(*) FROM blob"), 3);
    pg_sql(t->url, "UPDATE blob SET stored_at = now() - interval '3 hours'");
    must(t, SQL_BLOB_PUT, T(NULL), db_bytes(STR("fresh stray"))); /* stored again: a publish may follow */
    must(t, SQL_BLOB_SWEEP, T("2"), T("100"));
    assert_string_equal(got(t, 0, 0), "0");
}

/* In a process of its own: publishes `count` versions as the hub does when none is given, again and again when raced.
 */
static int publish_proposed(const char *url, int who, int count)
{
    struct with_db t = {.a = arena_new(0), .url = url};
    struct err e = {0};
    int raced = 0;
    if (db_sync_open(url, &t.s, &e) != OK)
        return 101;
    for (int i = 0; i < count && raced < 100;) {
        must(&t, SQL_PUBLISH_PREPARE, T("shared"), T("component"), T("a"), T("00"), T(""));
        const char *last = got(&t, 0, 1), *dot = strchr(last, '.');
        const char *next = str_printf(t.a, "1.%lu.0", dot ? strtoul(dot + 1, NULL, 10) + 1 : 0).p;
        enum status s = publish(&t, (struct pub){.ns = "shared",
                                                 .name = "a",
                                                 .version = next,
                                                 .expected = last,
                                                 .main = str_printf(t.a, "%d of %d", i, who).p});
        if (s != OK && (s != ERR_CONFLICT || strcmp(t.r.e.code, "raced") != 0))
            return 102;
        raced += s != OK;
        i += s == OK;
    }
    const char *refs = "[{\"task_path\":\"t\",\"namespace\":\"shared\",\"kind\":\"component\",\"name\":\"a\"}]";
    enum status s = publish(
        &t, (struct pub){.ns = "shared", .kind = "pipeline", .refs = refs, .name = str_printf(t.a, "p%d", who).p});
    return s == OK ? 0 : 103;
}

static void publishers_at_once_lose_nothing(void **state)
{
    struct with_db *t = *state;
    pid_t children[4];
    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(publish_proposed(t->url, i, 8));
    }
    for (int i = 0; i < 4; i++) {
        int how = -1;
        assert_int_equal(waitpid(children[i], &how, 0), children[i]);
        assert_int_equal(how, 0);
    }
    must(t, SQL_ASSET_GET, T("shared"), T("component"), T("a"));
    const struct node *a = got_json(t);
    assert_string_equal(text_at(t, node_get(a, "versions")), "32");
    assert_string_equal(text_at(t, node_path(a, "latest", "version", NULL)), "1.31.0");
    assert_string_equal(text_at(t, node_get(a, "used_by")), "4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_database(publishing_makes_an_asset_of_the_documented_shape),
        with_database(the_same_bytes_again_are_that_version_and_other_bytes_a_conflict),
        with_database(latest_is_the_highest_release_whatever_the_order_of_publishing),
        with_database(versions_come_in_pages_without_gaps),
        with_database(a_tombstone_is_found_by_number_and_digest_but_never_by_tag_or_latest),
        with_database(a_deleted_asset_is_hidden_and_comes_back_with_higher_numbers),
        with_database(preparing_tells_what_publishing_has_to_know),
        with_database(who_publishes_on_old_news_is_told_to_look_again),
        with_database(publishers_at_once_lose_nothing),
        with_database(bytes_that_were_not_stored_cannot_be_published),
        with_database(names_versions_and_kinds_are_checked),
        with_database(tags_move_keep_a_history_and_never_hide_a_version),
        with_database(a_patch_changes_what_it_names_and_nothing_when_it_is_stale),
        with_database(files_and_packages_come_back_byte_for_byte),
        with_database(the_sweep_takes_old_bytes_that_nothing_refers_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
