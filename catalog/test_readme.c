#include "base/testing.h"

#include "catalog/interface.h"
#include "catalog/readme.h"

static struct str html(struct arena *a, const char *markdown)
{
    struct str out;
    struct err e = {0};
    assert_ok(readme_html(a, str_of(markdown), &out, &e), &e);
    return out;
}

struct sample {
    const char *markdown, *html;
};

static void check_samples(struct arena *a, const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_str(html(a, samples[i].markdown), samples[i].html);
}
#define CHECK(a, samples) check_samples((a), (samples), sizeof(samples) / sizeof(samples)[0])

#define LINK(url, text) "<a href=\"" url "\" rel=\"nofollow noopener noreferrer\">" text "</a>"

static void markdown_becomes_html(void **state)
{
    static const struct sample samples[] = {
        {"", ""},
        {"one\ntwo  \nthree", "<p>one\ntwo<br>\nthree</p>\n"},
        {"*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>\n"},
        {"> q", "<blockquote><p>q</p>\n</blockquote>\n"},
        {"- a\n- b", "<ul><li>a</li>\n<li>b</li>\n</ul>\n"},
        {"3. a", "<ol start=\"3\"><li>a</li>\n</ol>\n"},
        {"- [x] a\n- [ ] b", "<ul><li>\u2611 a</li>\n<li>\u2610 b</li>\n</ul>\n"},
        {"---", "<hr>\n"},
        {"```c++ extra\na < b\n```", "<pre><code class=\"language-c++\">a &lt; b\n</code></pre>\n"},
        {"```a\"b\nx\n```", "<pre><code>x\n</code></pre>\n"},
        {"|a|b|\n|:--|--:|\n|1|2|",
         "<table><thead><tr><th align=\"left\">a</th>\n<th align=\"right\">b</th>\n</tr>\n"
         "</thead>\n<tbody><tr><td align=\"left\">1</td>\n<td align=\"right\">2</td>\n</tr>\n"
         "</tbody>\n</table>\n"},
        {"&amp; &lt; & \\<b> &bogus;", "<p>&amp; &lt; &amp; &lt;b&gt; &bogus;</p>\n"},
    };
    CHECK(*state, samples);
}

static void headings_are_a_level_lower_and_have_ids(void **state)
{
    static const struct sample samples[] = {
        {"# One Two", "<h2 id=\"readme-one-two\">One Two</h2>\n"},
        {"###### Six", "<h6 id=\"readme-six\">Six</h6>\n"},
        {"# a\n# a\n# a", "<h2 id=\"readme-a\">a</h2>\n<h2 id=\"readme-a-1\">a</h2>\n<h2 id=\"readme-a-2\">a</h2>\n"},
        {"# a-1\n# a\n# a",
         "<h2 id=\"readme-a-1\">a-1</h2>\n<h2 id=\"readme-a\">a</h2>\n<h2 id=\"readme-a-2\">a</h2>\n"},
        {"# \"!\"", "<h2>&quot;!&quot;</h2>\n"},
        {"# *a* `b\"<c`", "<h2 id=\"readme-a-bc\"><em>a</em> <code>b&quot;&lt;c</code></h2>\n"},
        {"# Größe", "<h2 id=\"readme-größe\">Größe</h2>\n"},
    };
    CHECK(*state, samples);
}

static void links_to_the_web_mail_and_headings_are_kept(void **state)
{
    static const struct sample samples[] = {
        {"[a](https://e.org/x?y=1&z=2)", "<p>" LINK("https://e.org/x?y=1&amp;z=2", "a") "</p>\n"},
        {"[a](https://e.org/?y&amp;z)", "<p>" LINK("https://e.org/?y&amp;z", "a") "</p>\n"},
        {"[a](HTTP://e.org)", "<p>" LINK("HTTP://e.org", "a") "</p>\n"},
        {"[a](mailto:a@e.org)", "<p>" LINK("mailto:a@e.org", "a") "</p>\n"},
        {"[a](#one-two)", "<p>" LINK("#readme-one-two", "a") "</p>\n"},
        {"[a](<https://e.org/b c>)", "<p>" LINK("https://e.org/b%20c", "a") "</p>\n"},
        {"[a](https://e.org/ö)", "<p>" LINK("https://e.org/%C3%B6", "a") "</p>\n"},
        {"www.e.org", "<p>" LINK("http://www.e.org", "www.e.org") "</p>\n"},
        {"a@e.org", "<p>" LINK("mailto:a@e.org", "a@e.org") "</p>\n"},
        {"[a](https://e.org \"title\")", "<p>" LINK("https://e.org", "a") "</p>\n"},
        {"[a](other.md)", "<p>a</p>\n"},
        {"[a](/root)", "<p>a</p>\n"},
        {"[a]()", "<p>a</p>\n"},
    };
    CHECK(*state, samples);
}

static void images_are_https_or_only_their_text(void **state)
{
    static const struct sample samples[] = {
        {"![a *b*](https://e.org/i.png \"t\")", "<p><img src=\"https://e.org/i.png\" alt=\"a b\"></p>\n"},
        {"![a](http://e.org/i.png)", "<p>a</p>\n"},
        {"![a](i.png)", "<p>a</p>\n"},
        {"![a](data:image/png;base64,AAAA)", "<p>a</p>\n"},
        {"[![a](https://e.org/i)](https://e.org)",
         "<p>" LINK("https://e.org", "<img src=\"https://e.org/i\" alt=\"a\">") "</p>\n"},
        {"![a ![b](https://e.org/2) [c](https://e.org/3)](https://e.org/1)",
         "<p><img src=\"https://e.org/1\" alt=\"a b c\"></p>\n"},
        {"![a ![b](https://e.org/2)](x)", "<p>a <img src=\"https://e.org/2\" alt=\"b\"></p>\n"},
        {"![\"x](https://e.org/1)", "<p><img src=\"https://e.org/1\" alt=\"&quot;x\"></p>\n"},
    };
    CHECK(*state, samples);
}

/* What people have tried elsewhere: none of it makes an element or an address that does something. */
static const char *const HOSTILE[] = {
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//e.org/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<style>@import '//e.org/x.css';</style>",
    "<base href=//e.org/>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<object data=javascript:alert(1)>",
    "<embed src=//e.org/x.swf>",
    "<form action=//e.org><input name=password></form>",
    "<details open ontoggle=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php echo 1 ?><img src=x onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<div\n\nonclick=alert(1)>",
    "</p><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x]( javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](<java\tscript:alert(1)>)",
    "[x](<\tjavascript:alert(1)>)",
    "[x](<\001javascript:alert(1)>)",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](&#0000106avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](javascript\\:alert(1))",
    "[x](java\\script:alert(1))",
    "[x](javascript%3Aalert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://e.org/1)",
    "[x](view-source:https://e.org)",
    "[x](feed:javascript:alert(1))",
    "[x](//e.org/phish)",
    "[x](\\\\e.org\\phish)",
    "[x](/\\e.org)",
    "[x](https:\\\\e.org)",
    "[x](https:///e.org)",
    "[x](https:e.org)",
    "[x](ｊavascript:alert(1))",
    "[x](\xc2\xa0javascript:alert(1))",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "[x][r]\n\n[r]: <javascript:alert(1)> 'onclick=alert(1)'",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
    "![x](//e.org/i.png)",
    "![x](https:\\\\e.org/i.png)",
    "[x](https&colon;//e.org)",
    "```\"><script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "# <script>alert(1)</script>",
    "# \" onmouseover=alert(1) x=\"",
    "|<script>|\n|---|\n|<img src=x onerror=alert(1)>|",
    "- <script>alert(1)</script>",
    "> <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "\\<script\\>alert(1)",
};

/* Nothing of an element that is not written below, nor any attribute with an address. */
static void check_harmless(struct str out, const char *markdown)
{
    static const char *const allowed[] = {"p",  "code", "pre", "h2", "table", "thead", "tbody",
                                          "tr", "th",   "td",  "ul", "li",    "br",    "blockquote"};
    for (size_t i = 0; i < out.n; i++) {
        if (out.p[i] != '<')
            continue;
        bool closing = i + 1 < out.n && out.p[i + 1] == '/', known = false;
        struct str rest = str_from(out, i + 1 + closing);
        ptrdiff_t end = str_find_char(rest, '>');
        assert_true(end > 0);
        struct str tag = str_sub(rest, 0, (size_t)end);
        for (size_t k = 0; k < sizeof allowed / sizeof allowed[0]; k++)
            known = known || str_is(tag, allowed[k]);
        known = known || (str_starts(tag, "h2 id=\"readme-") && str_find_char(str_from(tag, 7), ' ') < 0);
        if (!known)
            fail_msg("%s\ngave %.*s", markdown, STR_ARG(out));
    }
}

static void what_is_hostile_becomes_text(void **state)
{
    for (size_t i = 0; i < sizeof HOSTILE / sizeof HOSTILE[0]; i++)
        check_harmless(html(*state, HOSTILE[i]), HOSTILE[i]);
}

static void quotes_in_addresses_do_not_leave_the_attribute(void **state)
{
    static const struct sample samples[] = {
        {"[x](https://e.org/\"onclick=alert(1))", "<p>" LINK("https://e.org/%22onclick=alert(1)", "x") "</p>\n"},
        {"[x](<https://e.org/'><b>)", "<p>[x](" LINK("https://e.org/%27", "https://e.org/'") "&lt;b&gt;)</p>\n"},
        {"[x](https://e.org/&quot;onclick)", "<p>x</p>\n"},
        {"[x](#\"onclick=alert(1))", "<p>" LINK("#readme-%22onclick=alert(1)", "x") "</p>\n"},
        {"![\" onerror=alert(1) x=\"](https://e.org/i)",
         "<p><img src=\"https://e.org/i\" alt=\"&quot; onerror=alert(1) x=&quot;\"></p>\n"},
        {"![x](https://e.org/\"onerror=alert(1))",
         "<p><img src=\"https://e.org/%22onerror=alert(1)\" alt=\"x\"></p>\n"},
    };
    CHECK(*state, samples);
}

static void bytes_that_are_no_text_are_replaced(void **state)
{
    struct err e = {0};
    struct str out, in = STR("a\xff"
                             "b\xc3 \0c\xe2\x82");
    assert_ok(readme_html(*state, in, &out, &e), &e);
    assert_str(out, "<p>a\ufffd"
                    "b\ufffd \ufffdc\ufffd\ufffd</p>\n");
}

static struct str repeated(struct arena *a, const char *what, size_t bytes)
{
    struct buf b;
    buf_init(&b, a, 0);
    while (b.n + strlen(what) <= bytes)
        buf_cstr(&b, what);
    return buf_take(&b);
}

static void text_and_html_have_limits(void **state)
{
    struct str out;
    struct err e = {0};
    struct str largest = repeated(*state, "0123456789abcde\n", README_MAX_INPUT);
    assert_int_equal(largest.n, README_MAX_INPUT);
    assert_ok(readme_html(*state, largest, &out, &e), &e);
    struct str larger = STR_JOIN(*state, largest, STR("x"));
    assert_error(readme_html(*state, larger, &out, &e), &e, ERR_LIMIT, "readme_too_large");
    struct str quotes = repeated(*state, "\"", 500000);
    assert_error(readme_html(*state, quotes, &out, &e), &e, ERR_LIMIT, "readme_too_large");
    assert_int_equal(out.n, 0);
}

/* A target of half a megabyte, referred to a hundred thousand times, would make fifty gigabytes. */
static void output_that_multiplies_is_stopped(void **state)
{
    struct str out;
    struct err e = {0};
    struct str target = repeated(*state, "x", 500000), links = repeated(*state, "[a] ", 500000);
    struct str text = STR_JOIN(*state, STR("[a]: https://e.org/"), target, STR("\n\n"), links);
    assert_error(readme_html(*state, text, &out, &e), &e, ERR_LIMIT, "readme_too_large");
    struct str wide = STR_JOIN(*state, repeated(*state, "|a", 20000), STR("|\n"), repeated(*state, "|---", 40000),
                               STR("|\n"), repeated(*state, "|\n", 100000));
    assert_error(readme_html(*state, wide, &out, &e), &e, ERR_LIMIT, "readme_too_large");
}

static size_t occurrences(struct str s, struct str what)
{
    size_t n = 0;
    for (ptrdiff_t at; (at = str_find(s, what)) >= 0; n++)
        s = str_from(s, (size_t)at + what.n);
    return n;
}

static void what_is_too_deep_keeps_its_text(void **state)
{
    struct str out;
    struct err e = {0};
    struct str text = STR_JOIN(*state, repeated(*state, ">", 1000), STR(" deep"));
    assert_ok(readme_html(*state, text, &out, &e), &e);
    assert_int_equal(occurrences(out, STR("<blockquote>")), README_MAX_DEPTH);
    assert_int_equal(occurrences(out, STR("</blockquote>")), README_MAX_DEPTH);
    assert_int_equal(occurrences(out, STR("deep")), 1);
}

static void only_so_many_headings_have_ids(void **state)
{
    struct str out;
    struct err e = {0};
    assert_ok(readme_html(*state, repeated(*state, "# a\n", 4 * (README_MAX_IDS + 10)), &out, &e), &e);
    assert_int_equal(occurrences(out, STR("<h2")), README_MAX_IDS + 10);
    assert_int_equal(occurrences(out, STR(" id=")), README_MAX_IDS);
}

static enum status render_one(struct arena *a, struct err *e)
{
    struct str out;
    return readme_html(a, STR("# a\n# a\n\n[b](https://e.org) ![c](https://e.org/i)\n\n|a|\n|---|\n|b\xff|\n"), &out,
                       e);
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(testing_each_allocation_fails(render_one) > 3);
}

static struct interface interface_of(struct arena *a, const char *json)
{
    struct node *n;
    struct interface out;
    struct err e = {0};
    assert_ok(node_parse_json(a, str_of(json), &n, &e), &e);
    assert_ok(interface_from_node(a, n, &out, &e), &e);
    return out;
}

static void a_difference_names_what_was_added_removed_and_changed(void **state)
{
    struct arena *a = *state;
    struct interface from = interface_of(
        a, "{\"inputs\": [{\"name\": \"a\", \"type\": \"String\"}, {\"name\": \"b\"}, {\"name\": \"same\"}], "
           "\"outputs\": []}");
    struct interface to =
        interface_of(a, "{\"inputs\": [{\"name\": \"a\", \"type\": \"Integer\"}, {\"name\": \"same\"}], "
                        "\"outputs\": [{\"name\": \"o\"}]}");
    struct buf b;
    buf_init(&b, a, 0);
    struct json j = json_to(&b);
    interface_diff_json(&j, &from, &to);
    assert_str(buf_take(&b),
               "{\"verdict\":\"breaking\",\"inputs\":{\"added\":[],\"removed\":[{\"name\":\"b\",\"type\":null,"
               "\"default\":null,\"optional\":false,\"description\":\"\"}],\"changed\":[{\"name\":\"a\",\"from\":"
               "{\"name\":\"a\",\"type\":\"String\",\"default\":null,\"optional\":false,\"description\":\"\"},\"to\":"
               "{\"name\":\"a\",\"type\":\"Integer\",\"default\":null,\"optional\":false,\"description\":\"\"}}]},"
               "\"outputs\":{\"added\":[{\"name\":\"o\",\"type\":null,\"description\":\"\"}],\"removed\":[],"
               "\"changed\":[]}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(markdown_becomes_html),
        with_arena(headings_are_a_level_lower_and_have_ids),
        with_arena(links_to_the_web_mail_and_headings_are_kept),
        with_arena(images_are_https_or_only_their_text),
        with_arena(what_is_hostile_becomes_text),
        with_arena(quotes_in_addresses_do_not_leave_the_attribute),
        with_arena(bytes_that_are_no_text_are_replaced),
        with_arena(text_and_html_have_limits),
        with_arena(output_that_multiplies_is_stopped),
        with_arena(what_is_too_deep_keeps_its_text),
        with_arena(only_so_many_headings_have_ids),
        with_arena(each_allocation_may_fail),
        with_arena(a_difference_names_what_was_added_removed_and_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
