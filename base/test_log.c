#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/node.h"
#include "base/testing.h"

static int saved_stderr;
static int log_pipe[2];

static void redirect(void)
{
    assert_int_equal(pipe(log_pipe), 0);
    saved_stderr = dup(STDERR_FILENO);
    assert_int_equal(dup2(log_pipe[1], STDERR_FILENO), STDERR_FILENO);
}

/* What was logged since redirect(). */
static struct str logged(struct arena *a)
{
    static char text[LOG_MAX * 2];
    assert_int_equal(dup2(saved_stderr, STDERR_FILENO), STDERR_FILENO);
    close(saved_stderr);
    close(log_pipe[1]);
    ssize_t n = read(log_pipe[0], text, sizeof text);
    close(log_pipe[0]);
    return str_dup(a, (struct str){text, n < 0 ? 0 : (size_t)n});
}

static struct node *parse(struct arena *a, struct str line)
{
    struct node *n = NULL;
    struct err e = {0};
    assert_true(str_ends(line, "}\n"));
    assert_ok(node_parse_json(a, line, &n, &e), &e);
    return n;
}

static void a_line_is_one_json_object(void **state)
{
    log_setup(LOG_INFO, LOG_AUTO); /* a pipe is no terminal */
    redirect();
    log_info("listening", LOG_C("host", "local\"host\n"), LOG_I("port", 8080), LOG_S("bytes", STR("a\xff")),
             LOG_I("low", INT64_MIN));
    struct node *n = parse(*state, logged(*state));
    assert_str(n->pairs[0].key, "time");
    assert_int_equal(n->pairs[0].value->text.n, 27);
    assert_str(node_text_of(n, "level"), "info");
    assert_str(node_text_of(n, "msg"), "listening");
    assert_str(node_text_of(n, "host"), "local\"host\n");
    assert_str(node_text_of(n, "port"), "8080");
    assert_str(node_text_of(n, "bytes"), "a\xef\xbf\xbd");
    assert_str(node_text_of(n, "low"), "-9223372036854775808");
}

static void levels_below_the_chosen_one_are_silent(void **state)
{
    log_setup(LOG_WARN, LOG_JSON);
    redirect();
    log_info("no", LOG_I("x", 1));
    log_debug("no", LOG_I("x", 1));
    log_error("yes", LOG_I("x", 1));
    assert_str(node_text_of(parse(*state, logged(*state)), "level"), "error");
    assert_false(log_enabled(LOG_INFO));
    assert_true(log_enabled(LOG_WARN));
}

static void long_lines_are_cut_and_stay_json(void **state)
{
    char *text = arena_alloc(*state, 20000);
    log_setup(LOG_INFO, LOG_JSON);
    for (size_t i = 0; i < 19998; i += 2)
        memcpy(text + i, "\xc3\xa4", 2);
    for (size_t shift = 0; shift < 12; shift++) {
        text[19997 - shift] = '\0';
        redirect();
        log_warn("long", LOG_C("text", text), LOG_C("more", text), LOG_I("last", 1));
        struct str line = logged(*state);
        struct node *n = parse(*state, line);
        assert_in_range(line.n, LOG_MAX - 64, LOG_MAX);
        assert_true(node_text_of(n, "text").n > 7000);
        assert_null(node_get(n, "last"));
    }
    for (size_t len = LOG_MAX - 250; len < LOG_MAX; len++) {
        text[len] = '\0';
        redirect();
        log_warn("long", LOG_C("text", text), LOG_C("m\n\n\n\n\n\n", "\n\n\n\n\n\n"), LOG_I("last", INT64_MIN));
        text[len] = (char)0xa4;
        struct str line = logged(*state);
        (void)parse(*state, line);
        assert_true(line.n <= LOG_MAX);
    }
}

static void text_is_for_people(void **state)
{
    log_setup(LOG_DEBUG, LOG_TEXT);
    redirect();
    log_warn("slow", LOG_C("what", "two words"), LOG_C("id", "a-1"), LOG_C("empty", ""), LOG_I("ms", -12));
    struct str line = logged(*state);
    assert_int_equal(line.p[2], ':');
    assert_str(str_from(line, 12), " warn  slow what=\"two words\" id=a-1 empty=\"\" ms=-12\n");
}

static void long_text_lines_are_cut(void **state)
{
    char *text = memset(arena_alloc(*state, 20001), 'x', 20000);
    log_setup(LOG_DEBUG, LOG_TEXT);
    redirect();
    log_error("long", LOG_C("text", text), LOG_C("more", text));
    struct str line = logged(*state);
    assert_true(line.n <= LOG_MAX);
    assert_true(str_ends(line, "\"\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(a_line_is_one_json_object),        with_arena(levels_below_the_chosen_one_are_silent),
        with_arena(long_lines_are_cut_and_stay_json), with_arena(text_is_for_people),
        with_arena(long_text_lines_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
