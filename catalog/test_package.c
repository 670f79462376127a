#include "catalog/test_support.h"

#include "base/file.h"

#define COMPONENT                                                                                                      \
    "name: Echo\nimplementation: {container: {image: alpine, command: [echo, {inputValue: a}]}}\ninputs: [{name: "     \
    "a}]\n"
#define GRAPH      "name: Flow\nimplementation: {graph: {tasks: {}}}\n"
#define MODEL      "name: Net\nmodel_identifier: net\n"
#define NOTEBOOK   "{\"nbformat\": 4, \"metadata\": {}, \"cells\": []}"
#define CRD        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {group: g, names: {kind: K}}\n"
#define DEPLOYMENT "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: op}\n"
#define CSV                                                                                                            \
    "apiVersion: operators.coreos.com/v1alpha1\nkind: ClusterServiceVersion\nmetadata: {name: op.v1}\nspec: "          \
    "{version: "                                                                                                       \
    "1.0.0}\n"

struct file {
    const char *path, *text;
};
#define FILES_MAX 8

/* A .tgz of the files, up to the first without a path. */
static struct str packed(struct arena *a, const struct file *files)
{
    struct member members[FILES_MAX];
    size_t n = 0;
    struct str out;
    struct err e = {0};
    for (; n < FILES_MAX && files[n].path; n++)
        members[n] = (struct member){str_of(files[n].path), str_of(files[n].text)};
    assert_int_equal(archive_pack_tgz(a, members, n, &out, &e), OK);
    return out;
}

static struct upload upload_files(const struct file *files, const enum asset_kind *kind)
{
    struct arena *a = arena_new(0);
    struct upload u = upload_bytes(packed(a, files), "up.tgz", kind);
    arena_free(a);
    return u;
}

/* ---- kinds and formats */

static void kinds_and_formats_have_stable_names(void **state)
{
    enum asset_kind k;
    (void)state;
    for (unsigned i = 0; i < KIND_COUNT; i++) {
        assert_true(kind_parse(str_of(kind_name((enum asset_kind)i)), &k));
        assert_int_equal(k, i);
    }
    assert_false(kind_parse(STR("Component"), &k));
    assert_false(kind_parse(STR(""), &k));
    assert_string_equal(format_name(FORMAT_COMPONENT_V1), "kfp-component-v1");
    assert_string_equal(format_name(FORMAT_GRAPH), "component-graph");
    assert_string_equal(format_name(FORMAT_KFP_IR), "kfp-ir");
    assert_int_equal(format_kind(FORMAT_GRAPH), KIND_PIPELINE);
    assert_int_equal(format_kind(FORMAT_TEKTON_STEPACTION), KIND_COMPONENT);
    assert_int_equal(format_kind(FORMAT_IPYNB), KIND_NOTEBOOK);
    assert_string_equal(format_name(FORMAT_COUNT), "?");
    assert_string_equal(kind_name(KIND_COUNT), "?");
}

static void another_kind_than_asked_for_is_a_mismatch(void **state)
{
    (void)state;
    struct upload u = upload_as(COMPONENT, KIND_PIPELINE);
    assert_string_equal(u.e.code, "kind_mismatch");
    assert_string_equal(u.e.message, "this is a component (kfp-component-v1), not a pipeline");
    assert_string_equal(u.e.hint, "publish it as component, or leave the kind out");
    done(&u);
    refused(upload_as(MODEL, KIND_OPERATOR), "kind_mismatch", NULL);
    u = accepted_as(upload_as(COMPONENT, KIND_COMPONENT), FORMAT_COMPONENT_V1);
    done(&u);
}

static void a_graph_may_be_published_as_a_component_too(void **state)
{
    (void)state;
    struct upload u = accepted_as(upload_as(GRAPH, KIND_COMPONENT), FORMAT_GRAPH);
    assert_int_equal(u.p.kind, KIND_COMPONENT);
    done(&u);
    u = accepted(GRAPH, FORMAT_GRAPH);
    assert_int_equal(u.p.kind, KIND_PIPELINE);
    done(&u);
}

/* ---- recognition */

static void a_map_of_no_known_shape_says_what_was_looked_for(void **state)
{
    (void)state;
    struct upload u = upload_text("a: b\nc: d\n");
    assert_int_equal(u.s, ERR_INVALID);
    assert_string_equal(u.e.code, "not_recognised");
    assert_non_null(strstr(u.e.message, "implementation"));
    assert_non_null(strstr(u.e.message, "pipelineInfo"));
    assert_non_null(strstr(u.e.message, "model_identifier"));
    assert_int_equal(u.e.line, 1);
    done(&u);
    u = upload_text("name: a\nimplemantation: {container: {}}\n");
    assert_string_equal(u.e.code, "not_recognised");
    assert_string_equal(u.e.hint, "is implemantation meant to be implementation?");
    assert_int_equal(u.e.line, 2);
    done(&u);
}

static void a_foreign_object_is_called_by_its_kind(void **state)
{
    (void)state;
    struct upload u = upload_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    assert_string_equal(u.e.code, "unsupported_kind");
    assert_string_equal(u.e.message, "a Kubernetes object of kind ConfigMap (v1) is not an asset");
    assert_non_null(strstr(u.e.hint, "Task, StepAction, Pipeline"));
    done(&u);
    u = upload_text("apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: a}\n");
    assert_non_null(strstr(u.e.hint, "KFP SDK v2"));
    done(&u);
}

static void text_that_is_no_map_is_not_recognised(void **state)
{
    static const char *const texts[] = {"hello", "[a, b]", "- a\n- b\n", "12", "null"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        refused_text(texts[i], "not_recognised", "");
    refused_text("pipelineSpec: {pipelineInfo: {name: a}}", "not_recognised", "");
    refused_text("# nothing\n", "empty_document", "");
    refused_text("   \n", "empty_document", "");
    refused_text("", "empty_upload", "");
    refused_text("name: a\nimplementation: {container: {image: b}}\n---\nc: d\n", "several_documents", "");
}

static void bytes_that_are_neither_text_nor_archive_are_not_recognised(void **state)
{
    static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    static const char utf16[] = "\xff\xfen\0a\0m\0e\0";
    (void)state;
    struct upload u = upload_bytes((struct str){png, sizeof png}, "icon.png", NULL);
    assert_string_equal(u.e.code, "not_recognised");
    assert_non_null(strstr(u.e.message, "neither text nor"));
    assert_non_null(strstr(u.e.hint, "UTF-8"));
    done(&u);
    u = upload_bytes((struct str){utf16, sizeof utf16}, "", NULL);
    assert_string_equal(u.e.hint, "the text is UTF-16; save it as UTF-8");
    done(&u);
    u = upload_bytes(STR("I pretended to be a tarball"), "x.tar.gz", NULL);
    assert_string_equal(u.e.code, "not_recognised");
    assert_non_null(strstr(u.e.hint, "the name ends in .tar.gz"));
    done(&u);
}

static void the_readers_place_reaches_the_caller(void **state)
{
    (void)state;
    struct upload u = upload_text("name: a\nimplementation:\n\tcontainer: {}\n");
    assert_int_equal(u.s, ERR_SYNTAX);
    assert_int_equal(u.e.line, 3);
    assert_int_equal(u.ps.errors, 1);
    assert_int_equal(u.ps.list[0].line, 3);
    done(&u);
    u = upload_text("name: a\nname: b\n");
    assert_int_equal(u.s, ERR_SYNTAX);
    assert_int_equal(u.e.line, 2);
    done(&u);
}

static void recognition_does_not_look_at_names(void **state)
{
    (void)state;
    struct upload u = accepted_as(upload_bytes(STR(MODEL), "component.yaml", NULL), FORMAT_MLX_MODEL);
    assert_str(u.p.main_path, "component.yaml");
    done(&u);
    u = accepted_as(upload_bytes(STR(COMPONENT), "notebook.ipynb", NULL), FORMAT_COMPONENT_V1);
    done(&u);
}

/* ---- bare files */

static void a_bare_file_is_a_package_of_one(void **state)
{
    (void)state;
    struct upload u = accepted(COMPONENT, FORMAT_COMPONENT_V1);
    assert_int_equal(u.p.packed, ARCHIVE_NONE);
    assert_int_equal(u.p.member_count, 1);
    assert_str(u.p.main_path, "component.yaml");
    assert_str(u.p.members[0].path, "component.yaml");
    assert_true(str_eq(u.p.main, STR(COMPONENT)));
    assert_memory_equal(u.p.main_digest, u.p.package_digest, SHA256_BYTES);
    uint8_t digest[SHA256_BYTES];
    assert_int_equal(sha256(STR(COMPONENT), digest), OK);
    assert_memory_equal(u.p.main_digest, digest, SHA256_BYTES);
    done(&u);
}

static void a_file_name_that_cannot_be_kept_is_replaced(void **state)
{
    static const char *const names[] = {"..", "a/..", "a\nb", "dir/", "\xff"};
    char longest[300];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct upload u = accepted_as(upload_bytes(STR(COMPONENT), names[i], NULL), FORMAT_COMPONENT_V1);
        assert_str(u.p.main_path, "component.yaml");
        done(&u);
    }
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    struct upload u = accepted_as(upload_bytes(STR(COMPONENT), longest, NULL), FORMAT_COMPONENT_V1);
    assert_str(u.p.main_path, "component.yaml");
    done(&u);
    u = accepted_as(upload_bytes(STR(COMPONENT), "C:\\work\\echo.yaml", NULL), FORMAT_COMPONENT_V1);
    assert_str(u.p.main_path, "echo.yaml");
    done(&u);
}

static void an_upload_beyond_the_limit_is_refused(void **state)
{
    (void)state;
    char *big = malloc(PACKAGE_MAX_BYTES + 1);
    assert_non_null(big);
    memset(big, ' ', PACKAGE_MAX_BYTES + 1);
    struct arena *a = arena_new(0);
    struct problems ps;
    struct package p;
    struct err e = {0};
    problems_init(&ps, a);
    assert_int_equal(package_read(a, (struct str){big, PACKAGE_MAX_BYTES + 1}, STR_NONE, NULL, &p, &ps, &e), ERR_LIMIT);
    assert_string_equal(e.code, "too_large");
    arena_free(a);
    free(big);
}

static void a_name_that_is_too_long_is_refused(void **state)
{
    char text[1000], name[600];
    (void)state;
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    snprintf(text, sizeof text, "name: %s\nmodel_identifier: x\n", name);
    refused_text(text, "name_too_long", "");
}

static void a_note_that_is_no_version_is_left_out(void **state)
{
    (void)state;
    struct upload u = accepted("name: a\nmodel_identifier: b\nversion: latest\n", FORMAT_MLX_MODEL);
    assert_int_equal(u.p.version.n, 0);
    done(&u);
    u = accepted("name: a\nmodel_identifier: b\nversion: 1.0\n", FORMAT_MLX_MODEL);
    assert_str(u.p.version, "1.0");
    done(&u);
}

static void labels_tags_and_facts_are_bounded(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf b;
    buf_init(&b, a, 0);
    buf_cstr(&b, "name: a\nmodel_identifier: b\nlabels:\n");
    for (int i = 0; i < 300; i++)
        buf_printf(&b, "  k%d: v\n", i);
    buf_cstr(&b, "metadata:\n  tags: [a, A, '', 'x\ty'");
    for (int i = 0; i < 300; i++)
        buf_printf(&b, ", t%d", i);
    buf_cstr(&b, "]\nfilter_categories: {p: [");
    for (int i = 0; i < 300; i++)
        buf_printf(&b, "%d,", i);
    buf_cstr(&b, "]}\nserve: {tested_platforms: [");
    for (int i = 0; i < 300; i++)
        buf_printf(&b, "%d,", i);
    buf_cstr(&b, "]}\ndomain: '");
    for (int i = 0; i < 3000; i++)
        buf_cstr(&b, "ä");
    buf_cstr(&b, "'\n");
    struct upload u = accepted_as(upload_bytes(buf_take(&b), "", NULL), FORMAT_MLX_MODEL);
    assert_int_equal(node_count(u.p.labels), 100);
    assert_int_equal(u.p.tag_count, 50);
    assert_str(u.p.tags[1], "t0");
    assert_null(node_get(u.p.facts, "categories"));
    assert_int_equal(node_count(node_get(u.p.facts, "platforms")), 50);
    assert_int_equal(fact(&u, "domain").n, 2000);
    done(&u);
    arena_free(a);
}

static void all_errors_are_listed_and_warnings_stay_after_success(void **state)
{
    (void)state;
    struct upload u = upload_text("name: a\ninputs: [{}, {name: 3}]\nimplementation: {container: {}}\n");
    assert_int_equal(u.ps.errors, 3);
    assert_string_equal(u.e.code, "missing_field");
    done(&u);
    u = accepted("name: a\nicon: b\nimplementation: {container: {image: c}}", FORMAT_COMPONENT_V1);
    assert_int_equal(u.ps.count, 1);
    assert_int_equal(u.ps.errors, 0);
    done(&u);
}

/* ---- archives */

static void the_main_file_is_the_one_named_by_its_kind(void **state)
{
    static const struct file files[] = {{"README.md", "# Echo\n"},
                                        {"a-model.yaml", MODEL},
                                        {"component.yaml", COMPONENT},
                                        {"samples/pipeline.yaml", GRAPH},
                                        {0}};
    (void)state;
    struct upload u = accepted_as(upload_files(files, NULL), FORMAT_COMPONENT_V1);
    assert_int_equal(u.p.packed, ARCHIVE_TGZ);
    assert_str(u.p.main_path, "component.yaml");
    assert_str(u.p.readme, "# Echo\n");
    assert_int_equal(u.p.member_count, 4);
    assert_memory_not_equal(u.p.main_digest, u.p.package_digest, SHA256_BYTES);
    done(&u);
}

static void a_single_common_folder_counts_as_the_root(void **state)
{
    static const struct file files[] = {{"echo-1.0/component.yaml", COMPONENT},
                                        {"echo-1.0/readme.MD", "hello"},
                                        {"echo-1.0/src/component.yaml", GRAPH},
                                        {"__MACOSX/echo-1.0/._component.yaml", "x"},
                                        {0}};
    static const struct file two[] = {{"a/component.yaml", COMPONENT}, {"b/component.yaml", COMPONENT}, {0}};
    (void)state;
    struct upload u = accepted_as(upload_files(files, NULL), FORMAT_COMPONENT_V1);
    assert_str(u.p.main_path, "component.yaml");
    assert_str(u.p.readme, "hello");
    done(&u);
    refused(upload_files(two, NULL), "main_ambiguous", NULL);
}

static void else_it_is_the_only_asset_at_the_least_depth(void **state)
{
    static const struct file files[] = {{"LICENSE", "a: b"},
                                        {"data.json", "[1, 2]"},
                                        {"src/net.txt", MODEL},
                                        {"src/deep/component.yaml", COMPONENT},
                                        {0}};
    static const struct file two[] = {{"one.yaml", MODEL}, {"two.yaml", COMPONENT}, {0}};
    (void)state;
    struct upload u = accepted_as(upload_files(files, NULL), FORMAT_MLX_MODEL);
    assert_str(u.p.main_path, "src/net.txt");
    done(&u);
    u = upload_files(two, NULL);
    assert_string_equal(u.e.code, "main_ambiguous");
    assert_non_null(strstr(u.e.message, "one.yaml, two.yaml"));
    done(&u);
}

static void the_kind_that_is_asked_for_chooses_among_files(void **state)
{
    static const struct file named[] = {{"component.yaml", COMPONENT}, {"pipeline.yaml", GRAPH}, {0}};
    static const struct file two[] = {{"one.yaml", MODEL}, {"two.yaml", COMPONENT}, {0}};
    static const struct file one[] = {{"x/one.yaml", MODEL}, {"y", "z"}, {0}};
    enum asset_kind pipeline = KIND_PIPELINE, component = KIND_COMPONENT, model = KIND_MODEL, dataset = KIND_DATASET;
    (void)state;
    refused(upload_files(named, NULL), "main_ambiguous", NULL);
    struct upload u = accepted_as(upload_files(named, &pipeline), FORMAT_GRAPH);
    done(&u);
    u = accepted_as(upload_files(named, &component), FORMAT_COMPONENT_V1);
    done(&u);
    u = accepted_as(upload_files(two, &component), FORMAT_COMPONENT_V1);
    assert_str(u.p.main_path, "two.yaml");
    done(&u);
    u = accepted_as(upload_files(two, &model), FORMAT_MLX_MODEL);
    done(&u);
    refused(upload_files(one, &dataset), "kind_mismatch", NULL);
}

static void an_archive_without_an_asset_lists_what_was_looked_at(void **state)
{
    static const struct file files[] = {{"a.yaml", "x: y"}, {"b/c.json", "{}"}, {"readme.txt", "hello"}, {0}};
    static const struct file none[] = {{"readme.txt", "hello"}, {"run.py", "print(1)"}, {0}};
    static const struct file only[] = {{"readme.txt", "hello"}, {"comp.yaml", "name: a\n  b: c\n"}, {0}};
    (void)state;
    struct upload u = upload_files(files, NULL);
    assert_string_equal(u.e.code, "main_missing");
    assert_non_null(strstr(u.e.message, "a.yaml, b/c.json"));
    assert_null(strstr(u.e.message, "readme"));
    done(&u);
    refused(upload_files(none, NULL), "main_missing", NULL);
    /* Where only one file can be meant, its own error is of more use. */
    u = upload_files(only, NULL);
    assert_int_equal(u.s, ERR_SYNTAX);
    assert_int_equal(u.e.line, 2);
    assert_str(u.ps.list[0].file, "comp.yaml");
    done(&u);
}

static void problems_name_the_file_in_the_archive(void **state)
{
    static const struct file files[] = {{"x/component.yaml", "name: a\nicon: b\nimplementation: {}\n"}, {0}};
    (void)state;
    struct upload u = upload_files(files, NULL);
    assert_string_equal(u.e.code, "missing_implementation");
    for (size_t i = 0; i < u.ps.count; i++)
        assert_str(u.ps.list[i].file, "component.yaml");
    done(&u);
}

static void a_notebook_with_its_description_is_one_asset(void **state)
{
    static const struct file files[] = {
        {"fit.ipynb", NOTEBOOK},
        {"fit.yaml", "name: Fit\nimplementation: {github: {source: 'https://x/fit.ipynb'}}\n"},
        {0}};
    (void)state;
    struct upload u = accepted_as(upload_files(files, NULL), FORMAT_MLX_NOTEBOOK);
    assert_str(u.p.main_path, "fit.yaml");
    done(&u);
}

static void an_operators_objects_may_be_in_several_files(void **state)
{
    static const struct file olm[] = {{"manifests/op.clusterserviceversion.yaml", CSV},
                                      {"manifests/k.crd.yaml", CRD},
                                      {"metadata/annotations.yaml", "annotations: {a: b}"},
                                      {0}};
    static const struct file plain[] = {
        {"crd/k.yaml", CRD}, {"deploy.yaml", DEPLOYMENT}, {"rbac.yaml", "apiVersion: v1\nkind: ServiceAccount\n"}, {0}};
    static const struct file half[] = {
        {"crd/k.yaml", CRD}, {"rbac.yaml", "apiVersion: v1\nkind: ServiceAccount\n"}, {0}};
    (void)state;
    struct upload u = accepted_as(upload_files(olm, NULL), FORMAT_OLM_BUNDLE);
    assert_str(u.p.main_path, "manifests/op.clusterserviceversion.yaml");
    done(&u);
    u = accepted_as(upload_files(plain, NULL), FORMAT_MANIFESTS);
    assert_str(u.p.main_path, "deploy.yaml");
    assert_str(u.p.title, "op");
    assert_str(fact(&u, "crds"), "[\"g/ K\"]");
    done(&u);
    refused(upload_files(half, NULL), "main_missing", NULL);
}

static void a_broken_archive_says_so(void **state)
{
    (void)state;
    struct upload u = upload_bytes((struct str){"\x1f\x8b\x08\x00garbage", 11}, "x.tgz", NULL);
    assert_true(str_starts(str_of(u.e.code), "archive_"));
    assert_int_equal(u.ps.errors, 1);
    done(&u);
    u = upload_bytes((struct str){"PK\x03\x04garbage", 11}, "x.zip", NULL);
    assert_true(str_starts(str_of(u.e.code), "archive_"));
    done(&u);
}

static void what_is_downloaded_reads_back_as_the_same_asset(void **state)
{
    static const struct file files[] = {{"top/component.yaml", COMPONENT}, {"top/README.md", "# Echo\n"}, {0}};
    (void)state;
    struct upload u = accepted_as(upload_files(files, NULL), FORMAT_COMPONENT_V1);
    struct str tgz;
    struct err e = {0};
    assert_int_equal(package_download(u.a, u.p.members, u.p.member_count, &tgz, &e), OK);
    struct upload again = accepted_as(upload_bytes(tgz, "", NULL), FORMAT_COMPONENT_V1);
    assert_memory_equal(u.p.main_digest, again.p.main_digest, SHA256_BYTES);
    assert_true(str_eq(u.p.readme, again.p.readme));
    done(&again);
    done(&u);
}

/* ---- when memory runs out */

struct trial {
    struct str bytes;
    enum status wanted;
};

static void fails_cleanly_everywhere(const struct trial *t)
{
    long n = 1;
    for (;; n++) {
        struct arena *a = arena_new(0);
        struct problems ps;
        struct package p;
        struct err e = {0};
        problems_init(&ps, a);
        arena_fail_at(n);
        enum status s = package_read(a, t->bytes, STR("x"), NULL, &p, &ps, &e);
        bool done_all = arena_count() < n;
        arena_fail_at(0);
        arena_free(a);
        if (done_all) {
            assert_int_equal(s, t->wanted);
            break;
        }
        if (s != ERR_NOMEM)
            fail_msg("allocation %ld failed and the answer was %d %s", n, (int)s, e.message);
        assert_int_equal(e.status, ERR_NOMEM);
        assert_null(p.document);
    }
    assert_true(n > 20);
}

static void every_allocation_may_fail(void **state)
{
    static const struct file files[] = {{"a/x.yaml", COMPONENT}, {"a/deep/y.yaml", "a: b"}, {"b.txt", "c"}, {0}};
    static const char rich[] =
        "name: a\nmetadata: {annotations: {author: 'A <b>', component-hub.dev/tags: '[x, y]'}, labels: {l: m}}\n"
        "inputs: [{name: i, type: List, default: '[1]'}]\noutputs: [{name: o}]\n"
        "implementation: {container: {image: x, args: [{inputPath: i}, {outputPath: o}]}}\n";
    (void)state;
    struct arena *a = arena_new(0);
    const struct trial trials[] = {
        {packed(a, files), OK},
        {str_of(rich), OK},
        {STR("name: a\nimplementation: {container: {image: 'x y', args: [{inputvalue: z}]}}"), ERR_INVALID},
        {STR(CRD "---\n" DEPLOYMENT), OK},
        {STR(NOTEBOOK), OK},
        {STR("{\"pipelineInfo\": {\"name\": \"\\ud83d\\ude00\"}, \"root\": {\"dag\": {\"tasks\": {}}}}"), OK},
    };
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++)
        fails_cleanly_everywhere(&trials[i]);
    arena_free(a);
}

static void a_small_arena_is_an_error_and_no_crash(void **state)
{
    (void)state;
    for (size_t limit = 64; limit < 20000; limit += 997) {
        struct arena *a = arena_new(limit);
        struct problems ps;
        struct package p;
        struct err e = {0};
        problems_init(&ps, a);
        enum status s = package_read(a, STR(COMPONENT), STR_NONE, NULL, &p, &ps, &e);
        assert_true(s == OK || s == ERR_LIMIT);
        if (s == ERR_LIMIT)
            assert_string_equal(e.code, "memory_limit");
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_and_formats_have_stable_names),
        cmocka_unit_test(another_kind_than_asked_for_is_a_mismatch),
        cmocka_unit_test(a_graph_may_be_published_as_a_component_too),
        cmocka_unit_test(a_map_of_no_known_shape_says_what_was_looked_for),
        cmocka_unit_test(a_foreign_object_is_called_by_its_kind),
        cmocka_unit_test(text_that_is_no_map_is_not_recognised),
        cmocka_unit_test(bytes_that_are_neither_text_nor_archive_are_not_recognised),
        cmocka_unit_test(the_readers_place_reaches_the_caller),
        cmocka_unit_test(recognition_does_not_look_at_names),
        cmocka_unit_test(a_bare_file_is_a_package_of_one),
        cmocka_unit_test(a_file_name_that_cannot_be_kept_is_replaced),
        cmocka_unit_test(an_upload_beyond_the_limit_is_refused),
        cmocka_unit_test(a_name_that_is_too_long_is_refused),
        cmocka_unit_test(a_note_that_is_no_version_is_left_out),
        cmocka_unit_test(labels_tags_and_facts_are_bounded),
        cmocka_unit_test(all_errors_are_listed_and_warnings_stay_after_success),
        cmocka_unit_test(the_main_file_is_the_one_named_by_its_kind),
        cmocka_unit_test(a_single_common_folder_counts_as_the_root),
        cmocka_unit_test(else_it_is_the_only_asset_at_the_least_depth),
        cmocka_unit_test(the_kind_that_is_asked_for_chooses_among_files),
        cmocka_unit_test(an_archive_without_an_asset_lists_what_was_looked_at),
        cmocka_unit_test(problems_name_the_file_in_the_archive),
        cmocka_unit_test(a_notebook_with_its_description_is_one_asset),
        cmocka_unit_test(an_operators_objects_may_be_in_several_files),
        cmocka_unit_test(a_broken_archive_says_so),
        cmocka_unit_test(what_is_downloaded_reads_back_as_the_same_asset),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(a_small_arena_is_an_error_and_no_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
