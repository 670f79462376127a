/* Models, notebooks, operators, datasets and Elyra's pipelines. */
#include "catalog/test_support.h"

static void a_model_is_recognised_and_its_facts_are_taken(void **state)
{
    static const char text[] =
        "name: Object Detector\nmodel_identifier: object-detector\ndescription: Finds things.\nauthor: {name: CODAIT}\n"
        "framework: {name: tensorflow, version: '1.5'}\nlicense: Apache 2.0\ndomain: Images\n"
        "filter_categories: {language: python}\nlabels: {a: b}\n"
        "train: {trainable: true, tested_platforms: 'ffdl, kubeflow'}\n"
        "serve: {servable: true, tested_platforms: [kubernetes, kubeflow], "
        "serving_container_image: {container_image_url: 'quay.io/x:1', container_port: 5000}}\n";
    (void)state;
    struct upload u = accepted(text, FORMAT_MLX_MODEL);
    assert_int_equal(u.p.kind, KIND_MODEL);
    assert_str(u.p.title, "Object Detector");
    assert_str(u.p.provider, "CODAIT");
    assert_str(fact(&u, "framework"), "tensorflow");
    assert_str(fact(&u, "framework_version"), "1.5");
    assert_str(fact(&u, "license"), "Apache 2.0");
    assert_str(fact(&u, "trainable"), "true");
    assert_str(fact(&u, "servable"), "true");
    assert_str(fact(&u, "platforms"), "[\"ffdl\",\"kubeflow\",\"kubernetes\"]");
    assert_str(fact(&u, "port"), "5000");
    assert_str(fact(&u, "categories"), "{\"language\":\"python\"}");
    assert_str(node_text_of(u.p.labels, "a"), "b");
    assert_int_equal(u.p.interface.input_count, 0);
    done(&u);
    refused_text("model_identifier: a\ndescription: b", "missing_field", "/name");
    u = accepted("name: a\nframework: keras\nserve: {servable: false}", FORMAT_MLX_MODEL);
    assert_str(fact(&u, "framework"), "keras");
    done(&u);
}

static void a_dataset_is_recognised_and_its_facts_are_taken(void **state)
{
    static const char text[] =
        "id: tsc\nname: Speech\ndescription: Clips.\nversion: 1.0.1\nformat: [{type: WAV}, {type: CSV}]\ndomain: "
        "Audio\n"
        "provider: {name: DAX, url: 'https://x'}\n"
        "repository: {type: HTTP, url: 'https://x/y.tar.gz', size: 9G, mime_type: application/x-tar}\n"
        "license: {commercial: false, name: CC BY 4.0, url: 'https://l'}\n"
        "content: [{pattern: a, records: 1000}, {pattern: b, records: '24'}, {pattern: c, records: }]\n"
        "seo_tags: [Audio, Speech, audio]\n";
    (void)state;
    struct upload u = accepted(text, FORMAT_MLX_DATASET);
    assert_int_equal(u.p.kind, KIND_DATASET);
    assert_str(u.p.version, "1.0.1");
    assert_str(u.p.provider, "DAX");
    assert_int_equal(u.p.tag_count, 2);
    assert_str(fact(&u, "license"), "CC BY 4.0");
    assert_str(fact(&u, "domain"), "Audio");
    assert_str(fact(&u, "formats"), "[\"WAV\",\"CSV\"]");
    assert_str(fact(&u, "size"), "9G");
    assert_str(fact(&u, "url"), "https://x/y.tar.gz");
    assert_str(fact(&u, "records"), "1024");
    done(&u);
}

static void a_notebooks_description_is_recognised(void **state)
{
    (void)state;
    struct upload u =
        accepted("id: x\nname: Fit\ndescription: Fits.\nimplementation: {github: {source: 'https://x/a.ipynb', "
                 "image: 'tensorflow:1'}}\nmetadata: {annotations: {platform: OpenSource}}",
                 FORMAT_MLX_NOTEBOOK);
    assert_int_equal(u.p.kind, KIND_NOTEBOOK);
    assert_str(fact(&u, "url"), "https://x/a.ipynb");
    assert_str(fact(&u, "platform"), "OpenSource");
    done(&u);
    refused_text("name: a\nimplementation: {github: {requirements: x}}", "missing_field",
                 "/implementation/github/source");
}

static void a_bare_notebook_is_called_after_its_metadata_heading_or_file(void **state)
{
    static const char text[] =
        "{\"nbformat\": 4, \"nbformat_minor\": 2, \"metadata\": {%s\"kernelspec\": {\"display_name\": \"Python 3\", "
        "\"language\": \"python\", \"name\": \"python3\"}, \"authors\": [{\"name\": \"Ada\"}]},\n \"cells\": [\n"
        "  {\"cell_type\": \"code\", \"source\": [\"# no heading\\n\"], \"outputs\": [], \"metadata\": {}},\n"
        "  {\"cell_type\": \"markdown\", \"source\": [\"%s\\n\", \"\\n\", \"Fits a line to \\ud83d\\ude00.\"], "
        "\"metadata\": {}}]}";
    char b[1000];
    (void)state;
    snprintf(b, sizeof b, text, "\"title\": \"From metadata\", ", "# From heading");
    struct upload u = accepted(b, FORMAT_IPYNB);
    assert_int_equal(u.p.kind, KIND_NOTEBOOK);
    assert_str(u.p.title, "From metadata");
    assert_str(u.p.description, "Fits a line to 😀.");
    assert_str(u.p.provider, "Ada");
    assert_str(u.p.main_path, "notebook.ipynb");
    assert_str(fact(&u, "language"), "python");
    assert_str(fact(&u, "kernel"), "Python 3");
    assert_str(fact(&u, "cells"), "2");
    assert_str(fact(&u, "code_cells"), "1");
    assert_true(str_find(u.p.search_text, STR("Fits a line")) >= 0);
    done(&u);
    snprintf(b, sizeof b, text, "", "# From heading");
    u = accepted(b, FORMAT_IPYNB);
    assert_str(u.p.title, "From heading");
    done(&u);
    snprintf(b, sizeof b, text, "", "no heading");
    u = accepted_as(upload_bytes(str_of(b), "work/Linear fit.ipynb", NULL), FORMAT_IPYNB);
    assert_str(u.p.title, "Linear fit");
    assert_str(u.p.main_path, "Linear fit.ipynb");
    done(&u);
    u = accepted(b, FORMAT_IPYNB);
    assert_str(u.p.title, "notebook");
    done(&u);
    u = accepted("{\"nbformat\": 3, \"metadata\": {}, \"worksheets\": [{\"cells\": [{\"cell_type\": \"heading\", "
                 "\"source\": \"Old\"}]}]}",
                 FORMAT_IPYNB);
    assert_str(u.p.title, "Old");
    assert_str(fact(&u, "cells"), "1");
    done(&u);
}

#define CRD                                                                                                            \
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.org}\n"      \
    "spec: {group: example.org, names: {kind: Thing}, versions: [{name: v1alpha1}]}\n"
#define DEPLOYMENT                                                                                                     \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: thing-operator, labels: {app.kubernetes.io/version: "     \
    "1.2.3}}\nspec: {template: {spec: {containers: [{name: m, image: 'example.org/thing:1'}]}}}\n"

static void an_olm_bundle_is_an_operator(void **state)
{
    static const char csv[] =
        "apiVersion: operators.coreos.com/v1alpha1\nkind: ClusterServiceVersion\n"
        "metadata:\n  name: thing.v1.2.3\n  annotations: {capabilities: Basic Install, description: Runs things., "
        "categories: 'AI/Machine Learning', containerImage: 'example.org/thing:1'}\n"
        "spec:\n  displayName: Thing Operator\n  description: |\n    # Things\n    All of them.\n  version: 1.2.3\n"
        "  provider: {name: Example}\n  keywords: [things, ml]\n  maturity: alpha\n  minKubeVersion: 1.25.0\n"
        "  installModes: [{type: OwnNamespace, supported: true}, {type: AllNamespaces, supported: false}]\n"
        "  customresourcedefinitions: {owned: [{name: things.example.org, kind: Thing, version: v1alpha1}]}\n"
        "  install: {spec: {deployments: [{spec: {template: {spec: {containers: [{image: "
        "'example.org/thing:1'}]}}}}]}}\n";
    (void)state;
    struct upload u = accepted(csv, FORMAT_OLM_BUNDLE);
    assert_int_equal(u.p.kind, KIND_OPERATOR);
    assert_str(u.p.title, "Thing Operator");
    assert_str(u.p.name, "thing-operator");
    assert_str(u.p.version, "1.2.3");
    assert_str(u.p.provider, "Example");
    assert_str(u.p.description, "Runs things.");
    assert_str(u.p.readme, "# Things\nAll of them.\n");
    assert_int_equal(u.p.tag_count, 2);
    assert_str(fact(&u, "crds"), "[\"example.org/v1alpha1 Thing\"]");
    assert_str(fact(&u, "install_modes"), "[\"OwnNamespace\"]");
    assert_str(fact(&u, "images"), "[\"example.org/thing:1\"]");
    assert_str(fact(&u, "capability_level"), "Basic Install");
    done(&u);
    u = accepted(CRD "---\napiVersion: operators.coreos.com/v1alpha1\nkind: ClusterServiceVersion\n"
                     "metadata: {name: a.v1}\nspec: {version: 1.0.0}\n",
                 FORMAT_OLM_BUNDLE);
    assert_str(u.p.title, "a.v1");
    assert_str(fact(&u, "crds"), "[\"example.org/v1alpha1 Thing\"]");
    done(&u);
    refused_text("apiVersion: operators.coreos.com/v1alpha1\nkind: ClusterServiceVersion\nmetadata: {name: a}",
                 "missing_field", "/spec");
    refused_text("apiVersion: operators.coreos.com/v1alpha1\nkind: ClusterServiceVersion\nspec: {version: 1.0.0}",
                 "missing_field", "");
}

static void crds_with_a_deployment_are_an_operator(void **state)
{
    static const char list[] = "apiVersion: v1\nkind: List\nitems:\n"
                               "- {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition}\n"
                               "- {apiVersion: apps/v1, kind: Deployment, metadata: {name: x}}\n";
    (void)state;
    struct upload u = accepted("apiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n---\n" CRD "---\n" DEPLOYMENT,
                               FORMAT_MANIFESTS);
    assert_str(u.p.title, "thing-operator");
    assert_str(u.p.version, "1.2.3");
    assert_str(fact(&u, "crds"), "[\"example.org/v1alpha1 Thing\"]");
    assert_str(fact(&u, "images"), "[\"example.org/thing:1\"]");
    done(&u);
    u = accepted(list, FORMAT_MANIFESTS);
    assert_str(u.p.title, "x");
    done(&u);
    u = accepted("- {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition}\n"
                 "- {apiVersion: apps/v1, kind: Deployment, metadata: {name: x}}\n",
                 FORMAT_MANIFESTS);
    done(&u);
    refused_text(CRD, "incomplete_operator", NULL);
    refused_text(DEPLOYMENT, "incomplete_operator", NULL);
    refused_text("- {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition}\n"
                 "- {apiVersion: apps/v1, kind: Deployment}\n",
                 "missing_field", "/metadata/name");
}

static void an_elyra_pipeline_gives_its_parameters(void **state)
{
    static const char text[] =
        "{\"doc_type\": \"pipeline\", \"version\": \"3.0\", \"primary_pipeline\": \"p\", \"pipelines\": [{\"id\": "
        "\"q\"},\n"
        " {\"id\": \"p\", \"nodes\": [{\"type\": \"execution_node\", \"op\": \"execute-notebook-node\", \"app_data\": "
        "{\"component_parameters\": {\"filename\": \"load.ipynb\"}}}, {\"type\": \"super_node\"}],\n"
        "  \"app_data\": {\"version\": 8, \"runtime_type\": \"KUBEFLOW_PIPELINES\", \"properties\": {\"name\": \"%s\", "
        "\"description\": \"Loads.\", \"pipeline_parameters\": [\n"
        "   {\"name\": \"n\", \"default_value\": {\"type\": \"Integer\", \"value\": 2}, \"value\": 3, \"required\": "
        "false},\n"
        "   {\"name\": \"who\", \"description\": \"w\", \"default_value\": {\"type\": \"String\"}, \"required\": "
        "true}]}}}]}";
    char b[2000];
    (void)state;
    snprintf(b, sizeof b, text, "Load it");
    struct upload u = accepted(b, FORMAT_ELYRA);
    assert_int_equal(u.p.kind, KIND_PIPELINE);
    assert_str(u.p.title, "Load it");
    assert_str(u.p.main_path, "pipeline.pipeline");
    assert_str(fact(&u, "runtime"), "KUBEFLOW_PIPELINES");
    assert_str(fact(&u, "tasks"), "1");
    assert_int_equal(u.p.interface.input_count, 2);
    assert_str(u.p.interface.inputs[0].type, "Integer");
    assert_str(node_text(u.p.interface.inputs[0].default_value), "3");
    assert_true(u.p.interface.inputs[0].optional);
    assert_false(u.p.interface.inputs[1].optional);
    assert_null(u.p.interface.inputs[1].default_value);
    assert_true(str_find(u.p.search_text, STR("load.ipynb")) >= 0);
    done(&u);
    snprintf(b, sizeof b, text, "untitled");
    u = accepted_as(upload_bytes(str_of(b), "weather.pipeline", NULL), FORMAT_ELYRA);
    assert_str(u.p.title, "weather");
    done(&u);
}

static void a_broken_elyra_pipeline_is_refused_where_it_is_broken(void **state)
{
#define HEAD "doc_type: pipeline\nprimary_pipeline: p\n"
    static const struct {
        const char *text, *code, *path;
    } cases[] = {
        {HEAD, "missing_field", "/pipelines"},
        {HEAD "pipelines: {}", "wrong_type", "/pipelines"},
        {HEAD "pipelines: [{id: q, nodes: []}]", "unknown_pipeline", "/primary_pipeline"},
        {"doc_type: pipeline\npipelines: [{id: q}]", "missing_field", "/primary_pipeline"},
        {HEAD "pipelines: [{id: p}]", "missing_field", "/pipelines/0/nodes"},
        {HEAD "pipelines: [{id: p, nodes: {}}]", "wrong_type", "/pipelines/0/nodes"},
        {HEAD "pipelines: [{id: p, nodes: [], app_data: {properties: {name: a, pipeline_parameters: [{}]}}}]",
         "missing_field", "/pipelines/0/app_data/properties/pipeline_parameters/0/name"},
        {HEAD "pipelines: [{id: p, nodes: [], app_data: {properties: {name: a, pipeline_parameters: [x]}}}]",
         "wrong_type", "/pipelines/0/app_data/properties/pipeline_parameters/0"},
        {HEAD "pipelines: [{id: p, nodes: [], app_data: {properties: {name: a, pipeline_parameters: "
              "[{name: n, default_value: {type: Integer, value: x}}]}}}]",
         "bad_default", "/pipelines/0/app_data/properties/pipeline_parameters/0/default_value"},
    };
#undef HEAD
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refused_text(cases[i].text, cases[i].code, cases[i].path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_is_recognised_and_its_facts_are_taken),
        cmocka_unit_test(a_dataset_is_recognised_and_its_facts_are_taken),
        cmocka_unit_test(a_notebooks_description_is_recognised),
        cmocka_unit_test(a_bare_notebook_is_called_after_its_metadata_heading_or_file),
        cmocka_unit_test(an_olm_bundle_is_an_operator),
        cmocka_unit_test(crds_with_a_deployment_are_an_operator),
        cmocka_unit_test(an_elyra_pipeline_gives_its_parameters),
        cmocka_unit_test(a_broken_elyra_pipeline_is_refused_where_it_is_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
