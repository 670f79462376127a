#include "catalog/test_support.h"

#include "catalog/text.h"

static void a_slug_is_made_of_the_title(void **state)
{
    static const struct {
        const char *title, *slug;
    } cases[] = {
        {"Create Kubernetes Secret", "create-kubernetes-secret"},
        {"  -- Train: model (v2) --  ", "train-model-v2"},
        {"flip_coin", "flip-coin"},
        {"Größe", "gr-e"},
        {"A", "a"},
        {"1", "1"},
        {"a--b", "a-b"},
    };
    (void)state;
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_str(name_slug(a, str_of(cases[i].title)), cases[i].slug);
        assert_true(name_valid(name_slug(a, str_of(cases[i].title))));
    }
    arena_free(a);
}

static void a_title_without_usable_characters_gets_a_name_from_its_digest(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct str x = name_slug(a, STR("日本語")), y = name_slug(a, STR("中文"));
    assert_int_equal(x.n, sizeof "asset-" - 1 + 8);
    assert_true(str_starts(x, "asset-"));
    assert_true(name_valid(x));
    assert_false(str_eq(x, y));
    assert_true(str_eq(x, name_slug(a, STR("日本語"))));
    /* SHA-256 of nothing begins with e3b0c442. */
    assert_str(name_slug(a, STR_NONE), "asset-e3b0c442");
    arena_free(a);
}

static void a_slug_ends_at_57_bytes_and_never_in_a_dash(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    for (size_t n = 50; n < 70; n++) {
        char title[100];
        memset(title, 'x', sizeof title);
        title[n] = ' ';
        struct str slug = name_slug(a, (struct str){title, sizeof title});
        assert_true(name_valid(slug));
        assert_true(slug.n >= NAME_MAX_LENGTH - 2);
    }
    arena_free(a);
}

static void names_are_checked(void **state)
{
    char longest[NAME_MAX_LENGTH + 1];
    (void)state;
    memset(longest, 'a', sizeof longest);
    assert_true(name_valid((struct str){longest, NAME_MAX_LENGTH}));
    assert_false(name_valid((struct str){longest, NAME_MAX_LENGTH + 1}));
    assert_true(name_valid(STR("a-1")));
    assert_false(name_valid(STR("")));
    assert_false(name_valid(STR("-a")));
    assert_false(name_valid(STR("a-")));
    assert_false(name_valid(STR("A")));
    assert_false(name_valid(STR("a_b")));
    assert_false(name_valid(STR("a/b")));
}

static void versions_and_tags_are_kept_apart_from_digests_and_addresses(void **state)
{
    static const char *const good[] = {"1.2.0", "v2", "2024-06-07", "main", "a+b", "Latest", "sha256"};
    static const char *const bad[] = {
        "",    "latest", "sha256:abc", "a/b",   "a@b",
        "a b", "a\tb",   "größe",      "a\x7f", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};
    char longest[129];
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(version_valid(str_of(good[i])));
        assert_true(tag_valid(str_of(good[i])));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(version_valid(str_of(bad[i])));
        assert_false(tag_valid(str_of(bad[i])));
    }
    memset(longest, '1', sizeof longest);
    assert_true(version_valid((struct str){longest, 128}));
    assert_false(version_valid((struct str){longest, 129}));
}

static void a_card_shows_the_first_sentence(void **state)
{
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        {"", ""},
        {"  Trains a model.  It is large.", "Trains a model."},
        {"Trains a model\nin two lines. More", "Trains a model in two lines."},
        {"No full stop\n\nNext paragraph.", "No full stop"},
        {"Reads files, e.g. CSV. Then stops.", "Reads files, e.g. CSV."},
        {"Converts A vs. B etc. and so on. Done.", "Converts A vs. B etc. and so on."},
        {"By J. Doe. More.", "By J. Doe."},
        {"Uses v1.2 of it! Really.", "Uses v1.2 of it!"},
        {"## Heading\n\nText", "Heading"},
        {"Ends with etc.", "Ends with etc."},
    };
    (void)state;
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_str(first_sentence(a, str_of(cases[i].text)), cases[i].sentence);
    arena_free(a);
}

static void a_long_sentence_is_cut_at_a_word(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    for (size_t word = 1; word < 260; word += 7) {
        struct buf b;
        buf_init(&b, a, 0);
        while (b.n < 600) {
            for (size_t i = 0; i < word; i++)
                buf_cstr(&b, "ä");
            buf_char(&b, ' ');
        }
        struct str s = first_sentence(a, buf_take(&b));
        assert_true(s.n <= 200);
        assert_true(s.n > 3);
        assert_true(str_utf8(s));
        assert_true(str_ends(s, "…"));
        if (word < 90) /* longer ones are cut inside, as there is no blank */
            assert_int_equal((s.n - 3 + 1) % (2 * word + 1), 0);
    }
    arena_free(a);
}

static void headings_lose_their_markup(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    assert_str(markdown_heading(a, STR("text\n## **Big** [data](http://x/y) `set`\n# Second")), "Big data set");
    assert_str(markdown_heading(a, STR("#nothing\n#\n####### seven\n")), "");
    assert_str(markdown_heading(a, STR("")), "");
    assert_str(markdown_heading(a, STR("# open [link")), "open link");
    assert_str(file_stem(STR("a/b/net.v2.pipeline")), "net.v2");
    assert_str(file_stem(STR("C:\\x\\net.ipynb")), "net");
    assert_str(file_stem(STR(".hidden")), ".hidden");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slug_is_made_of_the_title),
        cmocka_unit_test(a_title_without_usable_characters_gets_a_name_from_its_digest),
        cmocka_unit_test(a_slug_ends_at_57_bytes_and_never_in_a_dash),
        cmocka_unit_test(names_are_checked),
        cmocka_unit_test(versions_and_tags_are_kept_apart_from_digests_and_addresses),
        cmocka_unit_test(a_card_shows_the_first_sentence),
        cmocka_unit_test(a_long_sentence_is_cut_at_a_word),
        cmocka_unit_test(headings_lose_their_markup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
