/* Search, facets and paging of assets; who uses what; what references mean. */
#include "registry/testing.h"

struct query {
    const char *kind, *ns, *q, *tag, *provider, *label, *featured, *sort, *limit, *cursor, *facets;
};

static struct node *search(struct with_db *t, struct query q)
{
    must(t, SQL_ASSET_LIST, T(q.kind), T(q.ns), T(q.q), T(q.tag), T(q.provider), T(q.label), T(q.featured), T(q.sort),
         T(q.limit), T(q.cursor), T(q.facets));
    return got_json(t);
}

/* "a b c": the names found. */
static const char *names(struct with_db *t, const struct node *page)
{
    struct buf b;
    const struct node *items = node_get(page, "items");
    buf_init(&b, t->a, 0);
    for (size_t i = 0; i < node_count(items); i++)
        buf_printf(&b, "%s%s", i ? " " : "", text_at(t, node_get(node_at(items, i), "name")));
    return buf_take(&b).p;
}
#define found(t, ...) names((t), search((t), (struct query){__VA_ARGS__}))

static void some_assets(struct with_db *t)
{
    published(t, .name = "train-model", .title = "Train a model", .description = "Fits gradient boosted trees.",
              .provider = "acme", .keywords = "[\"training\",\"xgboost\"]",
              .labels = "{\"team\":\"red\",\"a=b\":\"c\"}");
    published(t, .name = "model", .title = "Model", .description = "Nothing else.", .keywords = "[\"training\"]",
              .labels = "{\"team\":\"blue\"}");
    published(t, .name = "model-server", .title = "Serves a model", .description = "HTTP.", .featured = "true",
              .search = "kserve torchserve");
    published(t, .ns = "starter", .kind = "pipeline", .name = "flow", .title = "Größe messen", .description = "Flow.");
}

static void every_word_must_begin_a_word_of_the_asset(void **state)
{
    struct with_db *t = *state;
    some_assets(t);
    assert_string_equal(found(t, .q = "grad boost", .sort = "name"), "train-model");
    assert_string_equal(found(t, .q = "TRAIN", .sort = "name"), "model train-model"); /* the keyword training counts */
    assert_string_equal(found(t, .q = "torchs"), "model-server");
    assert_string_equal(found(t, .q = "rain"), "");
    assert_string_equal(found(t, .q = "model nothing http"), "");
    assert_string_equal(found(t, .q = "grö"), "flow");
    assert_string_equal(found(t, .q = "model model model", .sort = "name"), "model model-server train-model");
    assert_string_equal(found(t, .q = "", .sort = "name"), "flow model model-server train-model");
    assert_string_equal(found(t, .q = " -- ", .sort = "name"), "flow model model-server train-model");
    assert_string_equal(found(t, .q = "'; DROP & | ! :* \\ ("), "");
}

static void an_exact_name_comes_first(void **state)
{
    struct with_db *t = *state;
    some_assets(t);
    assert_string_equal(found(t, .q = "model"), "model model-server train-model"); /* the featured one is second */
    assert_string_equal(found(t, .q = "Model Server"), "model-server");
    assert_string_equal(found(t, .q = ""), "model-server flow model train-model");
}

static void filters_and_sorts_work_together(void **state)
{
    struct with_db *t = *state;
    some_assets(t);
    assert_string_equal(found(t, .kind = "pipeline"), "flow");
    assert_string_equal(found(t, .ns = "default", .sort = "updated"), "model-server model train-model");
    assert_string_equal(found(t, .tag = "training", .sort = "name"), "model train-model");
    assert_string_equal(found(t, .provider = "acme"), "train-model");
    assert_string_equal(found(t, .label = "team=blue"), "model");
    assert_string_equal(found(t, .label = "team", .sort = "name"), "model train-model");
    assert_string_equal(found(t, .label = "team=", .sort = "name"), "");
    assert_string_equal(found(t, .featured = "true"), "model-server");
    assert_string_equal(found(t, .featured = "false", .kind = "component", .q = "train", .sort = "name"),
                        "model train-model");
    refused(t, ERR_INVALID, "bad_sort", SQL_ASSET_LIST, T(""), T(""), T(""), T(""), T(""), T(""), T(""), T("size"),
            T(""), T(""), T(""));
}

static void facets_count_what_was_found(void **state)
{
    struct with_db *t = *state;
    some_assets(t);
    assert_true(node_is_null(node_get(search(t, (struct query){.q = "model"}), "facets")));
    const struct node *f = node_get(search(t, (struct query){.q = "model", .facets = "true", .limit = "1"}), "facets");
    assert_string_equal(text_at(t, node_path(f, "kind", "component", NULL)), "3");
    assert_string_equal(text_at(t, node_path(f, "namespace", "default", NULL)), "3");
    assert_string_equal(text_at(t, node_path(f, "tag", "training", NULL)), "2");
    assert_string_equal(text_at(t, node_path(f, "provider", "acme", NULL)), "1");
    assert_int_equal(node_count(node_get(f, "provider")), 1);
    f = node_get(search(t, (struct query){.q = "nothing of the kind", .facets = "true"}), "facets");
    assert_int_equal(node_count(node_get(f, "kind")), 0);
}

static void pages_have_no_gap_and_no_repetition_in_any_order(void **state)
{
    struct with_db *t = *state;
    for (int i = 0; i < 23; i++)
        published(t, .name = str_printf(t->a, "thing-%02d", i).p, .featured = i % 3 ? "false" : "true");
    for (int i = 0; i < 6; i++) /* several of the exact name */
        published(t, .name = "thing", .ns = str_printf(t->a, "team-%d", i).p);
    static const char *const sorts[] = {"relevance", "updated", "name", "used"};
    for (size_t s = 0; s < 4; s++) {
        const char *cursor = "", *all = "";
        int pages = 0;
        do {
            const struct node *page =
                search(t, (struct query){.q = "thi", .sort = sorts[s], .limit = "4", .cursor = cursor});
            all = str_printf(t->a, "%s%s ", all, names(t, page)).p;
            cursor = text_at(t, node_get(page, "next_cursor"));
        } while (++pages < 20 && strcmp(cursor, "null") != 0);
        assert_int_equal(pages, 8);
        for (int i = 0; i < 23; i++) {
            const char *one = str_printf(t->a, "thing-%02d ", i).p, *at = strstr(all, one);
            assert_non_null(at);
            assert_null(strstr(at + 1, one));
        }
    }
    const char *all = "", *cursor = "";
    for (int i = 0; i < 15; i++) {
        const struct node *page = search(t, (struct query){.q = "thing", .limit = "2", .cursor = cursor});
        all = str_printf(t->a, "%s%s ", all, names(t, page)).p;
        cursor = text_at(t, node_get(page, "next_cursor"));
    }
    assert_int_equal(strncmp(all, "thing thing thing thing thing thing thing-", 42), 0);
    assert_string_equal(cursor, "null");
}

static void a_cursor_of_another_list_or_of_nobody_is_refused(void **state)
{
    struct with_db *t = *state;
    for (int i = 0; i < 3; i++)
        published(t, .name = str_printf(t->a, "thing-%d", i).p);
    const char *cursor = text_at(t, node_get(search(t, (struct query){.limit = "2", .sort = "name"}), "next_cursor"));
    /* another sort; no base64; no JSON; forged values that are no numbers, too large, or too many */
    const char *const bad[] = {cursor,
                               "!!!",
                               "x",
                               "AAAA",
                               "WyJyZWxldmFuY2UiLCJ4IiwieSIsInoiXQ",
                               "WyJyZWxldmFuY2UiLCIxIiwiMWU5OTkiLCIxIl0",
                               "WyJyZWxldmFuY2UiLCIxIiwiMSIsIjEiLCIxIl0",
                               "WyJyZWxldmFuY2UiLG51bGwsIjEiLCIxIl0",
                               "e30",
                               "MQ"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refused(t, ERR_INVALID, "bad_cursor", SQL_ASSET_LIST, T(""), T(""), T(""), T(""), T(""), T(""), T(""), T(""),
                T("2"), T(bad[i]), T(""));
}

static void search_follows_changes(void **state)
{
    struct with_db *t = *state;
    published(t, .name = "a", .version = "1.0.0", .search = "oldword");
    published(t, .name = "a", .version = "2.0.0", .search = "newword");
    assert_string_equal(found(t, .q = "oldword"), "");
    assert_string_equal(found(t, .q = "newword"), "a");
    must(t, SQL_VERSION_DELETE, T("default"), T("component"), T("a"), T("2.0.0"), T("-1"), T("1"));
    assert_string_equal(found(t, .q = "oldword"), "a");
    must(t, SQL_ASSET_PATCH, T("default"), T("component"), T("a"), T("-1"), T("{\"title\":\"Patched\"}"), T("1"));
    assert_string_equal(found(t, .q = "patched"), "a");
    must(t, SQL_ASSET_DELETE, T("default"), T("component"), T("a"), T("-1"), T("1"));
    assert_string_equal(found(t, .q = ""), "");
    published(t, .name = "a", .version = "3.0.0");
    pg_sql(t->url, "TRUNCATE asset_search");
    assert_int_equal(run_args(t, SQL_SEARCH_REINDEX, NULL, 0), OK);
    assert_string_equal(got(t, 0, 0), "1");
    assert_string_equal(found(t, .q = "a"), "a");
}

static const char *ref(struct with_db *t, const char *task, const char *main, const char *name)
{
    return str_printf(t->a,
                      "[{\"task_path\":\"%s\",\"digest\":\"%s\",\"namespace\":%s,\"kind\":\"component\",\"name\":%s}]",
                      task, digest_of(t, main), name ? "\"default\"" : "null", name ? name : "null")
        .p;
}

static void who_uses_an_asset_is_counted_once_for_each_asset(void **state)
{
    struct with_db *t = *state;
    published(t, .name = "part", .main = "part one");
    published(t, .kind = "pipeline", .name = "p1", .version = "1.0.0", .refs = ref(t, "a/b", "part one", "\"part\""));
    published(t, .kind = "pipeline", .name = "p1", .version = "1.1.0", .refs = ref(t, "a", "part one", NULL));
    published(t, .kind = "pipeline", .name = "p2", .refs = ref(t, "x", "unknown bytes", "\"part\""));
    must(t, SQL_ASSET_GET, T("default"), T("component"), T("part"));
    assert_string_equal(text_at(t, node_get(got_json(t), "used_by")), "2");
    must(t, SQL_USED_BY, T("default"), T("component"), T("part"));
    const struct node *items = node_get(got_json(t), "items");
    assert_int_equal(node_count(items), 3);
    assert_string_equal(text_at(t, node_get(node_at(items, 0), "name")), "p2");
    assert_true(node_is_null(node_get(node_at(node_get(node_at(items, 0), "tasks"), 0), "version")));
    assert_string_equal(text_at(t, node_get(node_at(node_get(node_at(items, 2), "tasks"), 0), "path")), "a/b");
    assert_string_equal(text_at(t, node_get(node_at(node_get(node_at(items, 2), "tasks"), 0), "version")), "1.0.0");
    assert_string_equal(found(t, .sort = "used", .limit = "1"), "part");
    must(t, SQL_ASSET_DELETE, T("default"), T("pipeline"), T("p1"), T("-1"), T("1"));
    must(t, SQL_ASSET_GET, T("default"), T("component"), T("part"));
    assert_string_equal(text_at(t, node_get(got_json(t), "used_by")), "1");
}

/* "namespace/kind/name@version" of row i of the last resolve, or "-". */
static const char *resolved(struct with_db *t, size_t i)
{
    if (strcmp(got(t, i, 1), "true") != 0)
        return "-";
    return str_printf(t->a, "%s/%s/%s@%s", got(t, i, 3), got(t, i, 4), got(t, i, 5), got(t, i, 6)).p;
}

static void references_resolve_in_the_documented_order(void **state)
{
    struct with_db *t = *state;
    published(t, .ns = "starter", .name = "x", .main = "starter x");
    published(t, .ns = "starter", .name = "only-starter");
    published(t, .ns = "default", .kind = "pipeline", .name = "x", .main = "pipeline x");
    published(t, .ns = "mine", .kind = "pipeline", .name = "both", .main = "mine pipeline");
    published(t, .ns = "mine", .kind = "component", .name = "both", .main = "mine component");
    published(t, .ns = "mine", .kind = "component", .name = "both", .version = "2.0.0", .main = "mine two");
    published(t, .ns = "default", .kind = "model", .name = "model");
    must(t, SQL_TAG_PUT, T("mine"), T("component"), T("both"), T("prod"), T("1.0.0"), T("-1"), T("1"));
    must(t, SQL_VERSION_DELETE, T("starter"), T("component"), T("x"), T("1.0.0"), T("-1"), T("1"));
    const char *keys = str_printf(t->a,
                                  "[\"both\",\"both@1.0.0\",\"both@prod\",\"x\",\"only-starter\",\"%s\",\"other/both\","
                                  "\"mine/both@9\",\"model\",\"a/b/c\",\"\",\"sha256:12\",\"mine/both@%s\"]",
                                  digest_of(t, "starter x"), digest_of(t, "mine two"))
                           .p;
    must(t, SQL_RESOLVE, T(keys), T("mine"));
    static const char *const want[] = {"mine/component/both@2.0.0",
                                       "mine/component/both@1.0.0",
                                       "mine/component/both@1.0.0",
                                       "default/pipeline/x@1.0.0",
                                       "starter/component/only-starter@1.0.0",
                                       "starter/component/x@1.0.0", /* a tombstone, by its digest */
                                       "-",
                                       "-",
                                       "-",
                                       "-",
                                       "-",
                                       "-",
                                       "mine/component/both@2.0.0"};
    assert_int_equal(db_count(&t->r), sizeof want / sizeof *want);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        assert_string_equal(resolved(t, i), want[i]);
    assert_string_equal(got(t, 0, 0), "both");
    assert_string_equal(got(t, 0, 2), "mine two");
    assert_string_equal(got(t, 0, 7), digest_of(t, "mine two"));
    assert_string_equal(got(t, 5, 11), "true");
    must(t, SQL_RESOLVE, T("[\"both\"]"), T("default"));
    assert_string_equal(resolved(t, 0), "-"); /* other people's namespaces are not searched */
    refused(t, ERR_INVALID, "bad_keys", SQL_RESOLVE, T("{}"), T("default"));
}

static void a_digest_finds_the_newest_version_that_is_not_deleted(void **state)
{
    struct with_db *t = *state;
    published(t, .name = "a", .main = "same");
    published(t, .name = "b", .main = "same");
    published(t, .name = "c", .main = "same");
    must(t, SQL_VERSION_DELETE, T("default"), T("component"), T("c"), T("1.0.0"), T("-1"), T("1"));
    must(t, SQL_VERSION_BY_DIGEST, T(digest_of(t, "same")));
    assert_string_equal(text_at(t, node_get(got_json(t), "name")), "b");
    must(t, SQL_VERSION_BY_DIGEST, T(digest_of(t, "other")));
    assert_int_equal(db_count(&t->r), 0);
    must(t, SQL_VERSION_BY_DIGEST, T("'"));
    assert_int_equal(db_count(&t->r), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_database(every_word_must_begin_a_word_of_the_asset),
        with_database(an_exact_name_comes_first),
        with_database(filters_and_sorts_work_together),
        with_database(facets_count_what_was_found),
        with_database(pages_have_no_gap_and_no_repetition_in_any_order),
        with_database(a_cursor_of_another_list_or_of_nobody_is_refused),
        with_database(search_follows_changes),
        with_database(who_uses_an_asset_is_counted_once_for_each_asset),
        with_database(references_resolve_in_the_documented_order),
        with_database(a_digest_finds_the_newest_version_that_is_not_deleted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
