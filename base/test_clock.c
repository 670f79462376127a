#include "base/clock.h"
#include "base/testing.h"

static void assert_time(int64_t us, const char *want)
{
    char text[TIME_TEXT];
    size_t n = time_text(us, text);
    assert_string_equal(text, want);
    assert_int_equal(n, strlen(want));
}

static void times_are_rfc_3339_in_utc(void **state)
{
    (void)state;
    assert_time(0, "1970-01-01T00:00:00.000000Z");
    assert_time(1769850900123456, "2026-01-31T09:15:00.123456Z");
    assert_time(-1, "1969-12-31T23:59:59.999999Z");
    assert_time(951782400000000, "2000-02-29T00:00:00.000000Z");
    assert_time(INT64_MAX, "9999-12-31T23:59:59.999999Z");
    assert_time(INT64_MIN, "0000-01-01T00:00:00.000000Z");
}

static void times_are_read_with_any_offset(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t us;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-01-31T09:15:00.123456Z", 1769850900123456},
        {"2026-01-31t09:15:00.1234569z", 1769850900123456},
        {"2026-01-31 10:45:00.5+01:30", 1769850900500000},
        {"2026-01-31T01:15:00-08:00", 1769850900000000},
        {"2000-02-29T00:00:00Z", 951782400000000},
        {"2016-12-31T23:59:60Z", 1483228800000000},
    };
    int64_t us;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(time_parse(str_of(cases[i].text), &us));
        assert_true(us == cases[i].us);
    }
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "2026-01-31",
                                      "2026-01-31T09:15:00",
                                      "2026-02-29T00:00:00Z",
                                      "1900-02-29T00:00:00Z",
                                      "2026-13-01T00:00:00Z",
                                      "2026-00-01T00:00:00Z",
                                      "2026-01-00T00:00:00Z",
                                      "2026-01-01T24:00:00Z",
                                      "2026-01-01T00:60:00Z",
                                      "2026-01-01T00:00:61Z",
                                      "2026-01-01T00:00:00.Z",
                                      "2026-01-01T00:00:00+24:00",
                                      "2026-01-01T00:00:00+0100",
                                      "2026-01-01T00:00:00Zx",
                                      "+026-01-01T00:00:00Z",
                                      "26-01-01T00:00:00Z"};
    int64_t us;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (time_parse(str_of(bad[i]), &us))
            fail_msg("%s", bad[i]);
}

static void every_time_reads_back(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (int i = 0; i < 20000; i++) {
        int64_t us = (int64_t)(testing_random(&seed) % 315537897600000000u) - 62135596800000000, back;
        char text[TIME_TEXT];
        size_t n = time_text(us, text);
        assert_true(time_parse((struct str){text, n}, &back));
        assert_true(us == back);
    }
}

static void durations_are_those_of_go(void **state)
{
    static const struct {
        const char *text;
        int64_t us;
        const char *written;
    } cases[] = {
        {"0", 0, "0s"},
        {"0s", 0, "0s"},
        {"1h30m", 5400000000, "1h30m0s"},
        {"90s", 90000000, "1m30s"},
        {"1.5h", 5400000000, "1h30m0s"},
        {"500ms", 500000, "500ms"},
        {"1.5s", 1500000, "1.5s"},
        {"-1m0.25s", -60250000, "-1m0.25s"},
        {"+2us", 2, "2\xc2\xb5s"},
        {"3\xc2\xb5s", 3, "3\xc2\xb5s"},
        {"3\xce\xbcs", 3, "3\xc2\xb5s"},
        {"1500us", 1500, "1.5ms"},
        {"2500ns", 2, "2\xc2\xb5s"},
        {".5m", 30000000, "30s"},
        {"1.s", 1000000, "1s"},
        {"0.3333333333333333333h", 1200000000 - 1, "19m59.999999s"},
        {"2562047h47m16s", 9223372036000000, "2562047h47m16s"},
    };
    int64_t us;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(duration_parse(str_of(cases[i].text), &us));
        if (us != cases[i].us)
            fail_msg("%s is %lld", cases[i].text, (long long)us);
        assert_str(duration_text(*state, us), cases[i].written);
    }
    static const char *const bad[] = {"",
                                      "-",
                                      "1",
                                      "s",
                                      ".",
                                      ".s",
                                      "1x",
                                      "1h 30m",
                                      " 1h",
                                      "1h30",
                                      "1hm",
                                      "1 s",
                                      "1d",
                                      "1s-1s",
                                      "--1s",
                                      "2562048h",
                                      "9999999999999999999s"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (duration_parse(str_of(bad[i]), &us))
            fail_msg("%s", bad[i]);
}

static void uuids_are_version_7_and_sort_by_time(void **state)
{
    (void)state;
    char before[UUID_TEXT] = "", now[UUID_TEXT];
    /* More than one milli-second can count, so that the next one is borrowed too. */
    for (int i = 0; i < 20000; i++) {
        assert_int_equal(uuid7(now), OK);
        assert_true(strcmp(before, now) < 0);
        assert_true(uuid_valid(str_of(now)));
        assert_int_equal(now[14], '7');
        assert_non_null(strchr("89ab", now[19]));
        memcpy(before, now, sizeof now);
    }
    char hex[13];
    snprintf(hex, sizeof hex, "%.8s%.4s", now, now + 9);
    int64_t ms = (int64_t)strtoull(hex, NULL, 16);
    assert_in_range(ms, clock_now_us() / 1000 - 5000, clock_now_us() / 1000 + 5000);
}

static void uuids_have_dashes_in_their_places(void **state)
{
    (void)state;
    assert_true(uuid_valid(STR("0191d7a0-1111-7222-8333-444455556666")));
    assert_true(uuid_valid(STR("0191D7A0-1111-7222-8333-44445555666F")));
    assert_false(uuid_valid(STR("0191d7a0-1111-7222-8333-44445555666")));
    assert_false(uuid_valid(STR("0191d7a0-1111-7222-8333-44445555666g")));
    assert_false(uuid_valid(STR("0191d7a001111-7222-8333-444455556666")));
    assert_false(uuid_valid(STR("")));
}

static void the_monotonic_clock_does_not_go_back(void **state)
{
    (void)state;
    int64_t before = clock_mono_ms();
    assert_true(clock_mono_ms() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_rfc_3339_in_utc),
        cmocka_unit_test(times_are_read_with_any_offset),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(every_time_reads_back),
        with_arena(durations_are_those_of_go),
        cmocka_unit_test(uuids_are_version_7_and_sort_by_time),
        cmocka_unit_test(uuids_have_dashes_in_their_places),
        cmocka_unit_test(the_monotonic_clock_does_not_go_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
