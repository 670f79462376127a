#include "base/json.h"
#include "base/testing.h"

static void commas_and_escapes_are_its_work(void **state)
{
    struct buf b;
    buf_init(&b, *state, 0);
    struct json j = json_to(&b);
    json_object(&j);
    json_put_str(&j, "text", STR("a\"b\\c/\n\t\x01\x1f\x7f\xc3\xa4"));
    json_put_cstr(&j, "none", NULL);
    json_put_int(&j, "int", INT64_MIN);
    json_put_bool(&j, "bool", true);
    json_put_raw(&j, "raw", STR("[1,2]"));
    json_put_time(&j, "time", 1700000000123456);
    json_put_time(&j, "never", 0);
    json_key_str(&j, STR("k\"ey"));
    json_array(&j);
    json_array(&j);
    json_array_end(&j);
    json_object(&j);
    json_object_end(&j);
    json_null(&j);
    json_int(&j, 0);
    json_array_end(&j);
    json_object_end(&j);
    assert_str(buf_take(&b), "{\"text\":\"a\\\"b\\\\c/\\n\\t\\u0001\\u001f\x7f\xc3\xa4\",\"none\":null,"
                             "\"int\":-9223372036854775808,\"bool\":true,\"raw\":[1,2],"
                             "\"time\":\"2023-11-14T22:13:20.123456Z\",\"never\":null,\"k\\\"ey\":[[],{},null,0]}");
}

static struct str quoted(struct arena *a, struct str s)
{
    struct buf b;
    buf_init(&b, a, 0);
    struct json j = json_to(&b);
    json_str(&j, s);
    assert_int_equal(json_str_size(s), b.n);
    return buf_take(&b);
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
    assert_str(quoted(*state, STR("a\xff"
                                  "b")),
               "\"a\xef\xbf\xbd"
               "b\"");
    assert_str(quoted(*state, STR("\xc3")), "\"\xef\xbf\xbd\"");
    assert_str(quoted(*state, STR("\xed\xa0\x80")), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    assert_str(quoted(*state, STR("\0")), "\"\\u0000\"");
    assert_str(quoted(*state, STR_NONE), "\"\"");
}

static void every_byte_gives_json_that_reads_back(void **state)
{
    uint64_t seed = 7;
    for (int i = 0; i < 3000; i++) {
        char bytes[24];
        size_t n = 0;
        for (; n < sizeof bytes; n++)
            bytes[n] = (char)(1 + testing_random(&seed) % 255); /* JSON is read without U+0000 */
        struct str text = quoted(*state, (struct str){bytes, n});
        struct node *back = NULL;
        struct err e = {0};
        assert_true(str_utf8(text));
        assert_ok(node_parse_json(*state, text, &back, &e), &e);
        assert_str_eq(quoted(*state, back->text), text);
    }
}

static void nodes_keep_their_types(void **state)
{
    struct node *n = NULL;
    struct err e = {0};
    struct str text = STR("a: [1, 1.5, 'x', yes, ~, 0x10, .inf, 2020-01-01]\n\"b\\tc\": {}\n");
    assert_ok(node_parse_yaml(*state, text, &n, &e), &e);
    assert_str(node_to_json(*state, n), "{\"a\":[1,1.5,\"x\",true,null,16,\".inf\",\"2020-01-01\"],\"b\\tc\":{}}");
    assert_str(node_to_json(*state, NULL), "null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(commas_and_escapes_are_its_work),
        with_arena(bytes_that_are_not_utf8_are_replaced),
        with_arena(every_byte_gives_json_that_reads_back),
        with_arena(nodes_keep_their_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
