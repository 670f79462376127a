"""Components of every format that is stored: published, referred to by name and by digest, compiled, told as used."""

import pytest
import yaml

from documents import fresh, given, output, pipeline, task
from test_compile import check, compile_text, manifest


def tekton_task(name):
    return {
        "apiVersion": "tekton.dev/v1", "kind": "Task", "metadata": {"name": name},
        "spec": {
            "params": [{"name": "text"}, {"name": "words", "type": "array", "default": []}],
            "results": [{"name": "length"}],
            "workspaces": [{"name": "source"}, {"name": "keys", "optional": True}],
            "steps": [{"name": "a", "image": "busybox:1.36", "script": "echo $(params.text) > $(workspaces.source.path)/x"}],
        },
    }


def step_action(name):
    return {
        "apiVersion": "tekton.dev/v1beta1", "kind": "StepAction", "metadata": {"name": name},
        "spec": {"params": [{"name": "text"}], "results": [{"name": "length"}], "image": "busybox:1.36",
                 "command": ["sh", "-c", "printf 1 > $0"], "args": ["$(step.results.length.path)", "$(params.text)"]},
    }


def kfp_component(name):
    return {
        "pipelineInfo": {"name": name}, "schemaVersion": "2.1.0",
        "components": {f"comp-{name}": {
            "executorLabel": "exec",
            "inputDefinitions": {"parameters": {"text": {"parameterType": "STRING"}}},
            "outputDefinitions": {"parameters": {"length": {"parameterType": "NUMBER_INTEGER"}}},
        }},
        "deploymentSpec": {"executors": {"exec": {"container": {
            "image": "busybox:1.36", "command": ["sh", "-c", "printf 1 > $0"],
            "args": ["{{$.outputs.parameters['length'].output_file}}", "{{$.inputs.parameters['text']}}"],
        }}}},
        "root": {"dag": {"tasks": {name: {"componentRef": {"name": f"comp-{name}"}, "taskInfo": {"name": name}}}}},
    }


@pytest.mark.parametrize(
    "make, format",
    [(tekton_task, "tekton-task"), (step_action, "tekton-stepaction"), (kfp_component, "kfp-component-v2")],
)
def test_each_format_is_published_found_and_compiled(hub, publish, make, format):
    name = fresh("part")
    version = publish(make(name), kind="component")
    assert version["format"] == format
    for reference in (name, f"default/{name}@{version['version']}", version["digest"]):
        document = pipeline("Uses", {"a": task(reference, {"text": "x"}), "b": task(reference, {"text": output("a", "length")})})
        tasks = manifest(compile_text(hub, document))["spec"]["pipelineSpec"]["tasks"]
        assert {"name": "text", "value": "$(tasks.a.results.length)"} in tasks[1]["params"]
        annotations = tasks[0]["taskSpec"]["metadata"]["annotations"]
        assert annotations["component-hub.dev/digest"] == version["digest"]
    stored = publish(pipeline(fresh("Uses"), {"a": task(name, {"text": "x"})}))
    users = hub.get(f"/api/v1/assets/default/component/{name}/used-by").json()["items"]
    assert [user["name"] for user in users] == [stored["name"]]


def test_workspaces_are_ports_that_only_fit_each_other(hub, publish):
    name = fresh("clone")
    interface = publish(tekton_task(name))["interface"]
    ports = {port["name"]: (port["type"], port["optional"]) for port in interface["inputs"]}
    assert ports == {"text": ("String", False), "words": ("JsonArray", False), "source": ("Workspace", False),
                     "keys": ("Workspace", True)}
    assert [(port["name"], port["type"]) for port in interface["outputs"]] == [
        ("length", "String"), ("source", "Workspace"), ("keys", "Workspace"),
    ]
    shared = {"text": "x", "source": output("a", "source")}
    tasks = manifest(compile_text(hub, pipeline("Shares", {"a": task(name, {"text": "x"}), "b": task(name, shared)})))
    bound = [one["workspaces"] for one in tasks["spec"]["pipelineSpec"]["tasks"]]
    assert bound[0] == bound[1] == [{"name": "source", "workspace": "artifacts", "subPath": "a/source"}]
    wrong = {"text": "x", "source": output("a", "length")}
    found = check(hub, pipeline("Mixes", {"a": task(name, {"text": "x"}), "b": task(name, wrong)}))
    assert [problem["code"] for problem in found] == ["type_mismatch"]


def test_a_workspace_of_a_pipeline_is_bound_by_options_or_lies_on_the_volume(hub, publish):
    name = fresh("clone")
    publish(tekton_task(name))
    document = pipeline("Stores", {"a": task(name, {"text": "x", "source": given("store")})},
                        inputs={"store": "Workspace"})

    def compiled(options):
        body = {"document": document, "options": options}
        answer = hub.post("/api/v1/compile", auth=False, json=body, headers={"Accept": "application/yaml"})
        spec = manifest(answer)["spec"]
        return spec["workspaces"], spec["pipelineSpec"]["tasks"][0]["workspaces"]

    run, bound = compiled({})
    assert [one["name"] for one in run] == ["artifacts"]
    assert bound == [{"name": "source", "workspace": "artifacts", "subPath": ".workspaces/store"}]
    run, bound = compiled({"workspaces": {"store": {"persistentVolumeClaim": {"claimName": "data"}}}})
    assert run == [{"name": "store", "persistentVolumeClaim": {"claimName": "data"}}]
    assert bound == [{"name": "source", "workspace": "store"}]
    body = {"document": document, "options": {"workspaces": {"store": {"hostPath": {"path": "/"}}}}}
    answer = hub.post("/api/v1/compile", auth=False, json=body)
    assert answer.status_code == 422
    assert [problem["code"] for problem in answer.json()["problems"]] == ["invalid_options"]


def test_what_a_v2_component_says_of_its_pods_is_told_as_left_aside(hub, publish):
    name = fresh("part")
    platform = {"platforms": {"kubernetes": {"deploymentSpec": {"executors": {"exec": {}}}}}}
    publish(yaml.safe_dump_all([kfp_component(name), platform]), kind="component")
    found = check(hub, pipeline("Uses", {"a": task(name, {"text": "x"})}))
    assert [(problem["severity"], problem["code"]) for problem in found] == [("warning", "platforms_ignored")], found


def compiled_to_references(hub, document):
    answer = hub.post(
        "/api/v1/compile?output=references", auth=False, json={"document": document},
        headers={"Accept": "application/json"},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return yaml.safe_load(body["manifest"])["spec"]["pipelineSpec"]["tasks"], [p["code"] for p in body["problems"]]


def test_a_published_task_is_referred_to_by_its_url_and_digest(hub, publish):
    name = fresh("part")
    version = publish(tekton_task(name), kind="component")
    uses = {"a": task(name, {"text": "x"}), "b": task(kfp_component("Inline"), {"text": "y"})}
    (first, second), codes = compiled_to_references(hub, pipeline("Uses", uses))
    assert "taskSpec" not in first and first["taskRef"]["resolver"] == "http"
    params = {p["name"]: p["value"] for p in first["taskRef"]["params"]}
    assert params["digest"] == version["digest"]
    content = hub.get(params["url"].removeprefix(hub.url("")))
    assert yaml.safe_load(content.content)["metadata"]["name"] == name
    assert "taskRef" not in second and "no_references" not in codes


def test_a_task_that_the_document_changes_stays_inline_and_that_is_told(hub, publish):
    name = fresh("part")
    publish(tekton_task(name), kind="component")
    uses = {"a": task(name, {"text": "x"}, kubernetes={"env": [{"name": "A", "value": "b"}]})}
    (only,), codes = compiled_to_references(hub, pipeline("Uses", uses))
    assert "taskSpec" in only and "no_references" in codes
