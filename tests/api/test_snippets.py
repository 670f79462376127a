"""How to use a version: each text that the hub shows is tried."""

import ast
import json
import os
import subprocess

import pytest
import yaml

from documents import ECHO, component, fresh, given, pipeline, task, text_of
from watching import is_problem

ODD = {
    "with: colon": "String",
    "# hash": {"type": "Integer", "default": "3"},
    "it's \"quoted\" \\ here": "String",
    "no": {"type": "Boolean", "default": "true"},
    "from": {"type": "String", "default": "two\nlines\u2028and\u0085more\x7f"},
    "3d Größe": {"type": "JsonObject", "default": '{"a": [1, "b"]}'},
    "last": {"type": "String", "optional": True},
}
KFP_V2 = """
components:
  comp-a:
    executorLabel: exec-a
    inputDefinitions: {parameters: {_My_Text: {parameterType: STRING}}}
deploymentSpec: {executors: {exec-a: {container: {image: debian, command: [echo]}}}}
pipelineInfo: {name: NAME}
root:
  dag:
    tasks:
      a:
        cachingOptions: {}
        componentRef: {name: comp-a}
        inputs: {parameters: {_My_Text: {componentInputParameter: _My_Text}}}
        taskInfo: {name: a}
  inputDefinitions: {parameters: {_My_Text: {parameterType: STRING}}}
schemaVersion: 2.1.0
sdkVersion: kfp-2.13.0
"""
TEKTON_TASK = """
apiVersion: tekton.dev/v1
kind: Task
metadata: {name: NAME}
spec:
  params:
    - {name: text}
    - {name: times, default: "3"}
    - {name: list, type: array, default: [a, "on"]}
  workspaces: [{name: source}]
  steps: [{name: a, image: debian, script: "echo $(params.text)"}]
"""
TEKTON_STEP = """
apiVersion: tekton.dev/v1beta1
kind: StepAction
metadata: {name: NAME}
spec: {image: debian, params: [{name: text, default: x}], command: [echo], args: ["$(params.text)"]}
"""
TEKTON_PIPELINE = """
apiVersion: tekton.dev/v1
kind: Pipeline
metadata: {name: NAME}
spec:
  params: [{name: text}]
  workspaces: [{name: source}]
  tasks: [{name: a, taskSpec: {steps: [{name: a, image: debian, script: "echo"}]}}]
"""


def path_of(version, last="snippets"):
    return "/api/v1/assets/{namespace}/{kind}/{name}/versions/{version}/".format(**version) + last


def snippets(hub, version, **keywords):
    answer = hub.get(path_of(version), **keywords)
    assert answer.status_code == 200, answer.text
    return {item["name"]: item for item in answer.json()["items"]}


def content_url(hub, version):
    return hub.url(path_of(version, "content"))


def shell(text, folder, **environment):
    command = ["bash", "-euo", "pipefail", "-c", text]
    return subprocess.run(command, cwd=folder, env=os.environ | environment, capture_output=True, text=True)


@pytest.fixture
def kubectl(tmp_path):
    """A kubectl that shows its arguments and what it was given."""
    program = tmp_path / "bin" / "kubectl"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "# $@"\ncat\n')
    program.chmod(0o755)
    return {"PATH": f"{program.parent}:{os.environ['PATH']}"}


# ---- hub


def test_the_entry_of_a_pipeline_compiles_once_its_required_inputs_are_given(hub, publish):
    version = publish(component(fresh("odd"), inputs=ODD))
    entry = yaml.safe_load(snippets(hub, version)["hub"]["text"])
    assert list(entry) == [version["name"]]
    reference = entry[version["name"]]["componentRef"]
    assert reference == {"name": f"default/{version['name']}@1.0.0", "digest": version["digest"]}
    arguments = entry[version["name"]]["arguments"]
    assert arguments == {"with: colon": None, "it's \"quoted\" \\ here": None}
    answer = hub.post("/api/v1/check", auth=False, json={"document": pipeline("Empty", entry)})
    assert len([p for p in answer.json()["problems"] if p["severity"] == "error"]) == 2
    arguments.update(dict.fromkeys(arguments, "x"))
    answer = hub.post("/api/v1/compile", auth=False, json={"document": pipeline("Full", entry)})
    assert answer.status_code == 200, answer.text


def test_the_commented_defaults_are_arguments_too(hub, publish):
    version = publish(component(fresh("odd"), inputs=ODD))
    lines = snippets(hub, version)["hub"]["text"].split("\n")
    about = [line for line in lines if line.endswith((", required", ", optional"))]
    assert len(about) == len(ODD)
    live = [line.replace("    # ", "    ", 1) for line in lines if line not in about]
    arguments = yaml.safe_load("\n".join(live))[version["name"]]["arguments"]
    assert set(arguments) == set(ODD)
    assert arguments["# hash"] == "3" and arguments["no"] == "true" and arguments["last"] is None
    assert arguments["from"] == ODD["from"]["default"]
    assert json.loads(arguments["3d Größe"]) == {"a": [1, "b"]}


def test_with_nothing_required_the_entry_has_no_arguments(hub, publish):
    version = publish(component(fresh("free"), inputs={"a": {"type": "Integer", "default": "1"}}))
    text = snippets(hub, version)["hub"]["text"]
    entry = yaml.safe_load(text)
    assert set(entry[version["name"]]) == {"componentRef"}
    assert text.endswith('  # arguments:\n  #   # Integer, optional\n  #   a: "1"\n')
    answer = hub.post("/api/v1/compile", auth=False, json={"document": pipeline("Free", entry)})
    assert answer.status_code == 200, answer.text


def test_a_pipeline_can_be_a_task_as_well(hub, publish):
    version = publish(pipeline(fresh("Inner"), {"say": task(ECHO, {"text": "x"})}))
    entry = yaml.safe_load(snippets(hub, version)["hub"]["text"])
    answer = hub.post("/api/v1/compile", auth=False, json={"document": pipeline("Outer", entry)})
    assert answer.status_code == 200, answer.text


# ---- kfp


def kfp_call(text):
    """The names of the arguments of the call."""
    calls = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)]
    (call,) = [c for c in calls if getattr(c.func, "id", "") == "component"]
    return [k.arg or k.value.keys[0].value for k in call.keywords]


def test_the_kfp_text_is_python_and_names_arguments_as_the_sdk_does(hub, publish):
    version = publish(component(fresh("odd"), inputs=ODD))
    snippet = snippets(hub, version)["kfp"]
    assert snippet["language"] == "python"
    assert f'"{content_url(hub, version)}"' in snippet["text"]
    assert kfp_call(snippet["text"]) == ["with_colon", "it_s_quoted_here"]
    everything = snippet["text"].replace("        # ", "        ")
    assert kfp_call(everything) == ["with_colon", "hash", "it_s_quoted_here", "no", "from", "3d_gr_e", "last"]


def test_the_names_of_a_kfp_v2_component_are_arguments_as_they_are(hub, publish):
    found = snippets(hub, publish(KFP_V2.replace("NAME", fresh("second"))))
    assert set(found) == {"kfp", "curl"}
    assert kfp_call(found["kfp"]["text"]) == ["_My_Text"]


def test_without_inputs_the_kfp_call_is_empty(hub, publish):
    assert kfp_call(snippets(hub, publish(component(fresh("none"))))["kfp"]["text"]) == []


# ---- tekton


def http_params(reference):
    assert reference["resolver"] == "http"
    return {p["name"]: p["value"] for p in reference["params"]}


def test_a_tekton_task_is_referred_to_by_its_address(hub, publish):
    version = publish(TEKTON_TASK.replace("NAME", fresh("task")))
    found = snippets(hub, version)
    assert set(found) == {"hub", "tekton", "curl"}
    (entry,) = yaml.safe_load(found["tekton"]["text"])
    assert http_params(entry["taskRef"]) == {"url": content_url(hub, version)}
    assert entry["params"] == [{"name": "text", "value": None}]
    assert entry["workspaces"] == [{"name": "source", "workspace": "source"}]
    assert '    # - name: times\n    #   value: "3"\n' in found["tekton"]["text"]
    assert '    #   - a\n    #   - "on"\n' in found["tekton"]["text"]


def test_a_tekton_step_action_is_a_step(hub, publish):
    version = publish(TEKTON_STEP.replace("NAME", fresh("step")))
    (entry,) = yaml.safe_load(snippets(hub, version)["tekton"]["text"])
    assert set(entry) == {"name", "ref"} and http_params(entry["ref"]) == {"url": content_url(hub, version)}


def test_a_tekton_pipeline_is_run_by_its_address(hub, publish):
    version = publish(TEKTON_PIPELINE.replace("NAME", fresh("pipe")))
    run = yaml.safe_load(snippets(hub, version)["tekton"]["text"])
    assert http_params(run["spec"]["pipelineRef"]) == {"url": content_url(hub, version)}
    assert run["spec"]["params"] == [{"name": "text", "value": None}]
    assert run["spec"]["workspaces"] == [{"name": "source", "emptyDir": {}}]


def test_tekton_accepts_these_once_their_values_are_given(hub, publish, tmp_path, verdicts_of_tekton):
    def text(source, kind):
        return yaml.safe_load(snippets(hub, publish(source.replace("NAME", fresh(kind))))["tekton"]["text"])

    def tekton(kind, spec):
        return {"apiVersion": "tekton.dev/v1", "kind": kind, "metadata": {"name": "a"}, "spec": spec}

    (one,), (step,), run = text(TEKTON_TASK, "task"), text(TEKTON_STEP, "step"), text(TEKTON_PIPELINE, "pipe")
    one["params"][0]["value"] = run["spec"]["params"][0]["value"] = "x"
    path = tmp_path / "all.yaml"
    pipe = tekton("Pipeline", {"workspaces": [{"name": "source"}], "tasks": [one]})
    path.write_text(yaml.safe_dump_all([pipe, tekton("Task", {"steps": [step]}), run]))
    assert verdicts_of_tekton(path) == ["accepted"] * 3


def test_a_pipeline_of_ours_is_compiled_into_the_cluster(hub, publish, tmp_path, kubectl):
    version = publish(pipeline(fresh("It's"), {"say": task(ECHO, {"text": "x"})}))
    snippet = snippets(hub, version)["tekton"]
    assert snippet["language"] == "shell"
    done = shell(snippet["text"], tmp_path, **kubectl)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# create -f -\n")
    assert yaml.safe_load(done.stdout)["kind"] == "PipelineRun"


# ---- curl


def test_the_download_line_gives_the_bytes(hub, publish, tmp_path):
    text = text_of(component(fresh("bytes")))
    version = publish(text, version="1.0.0-it's_$HOME+`x`")
    snippet = snippets(hub, hub.get(path_of(version, "").replace("'", "%27").rstrip("/")).json())["curl"]
    done = shell(snippet["text"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / f"{version['name']}.yaml").read_text() == text


def test_the_lines_for_a_pipeline_download_it_and_launch_a_run(hub, publish, tmp_path):
    inputs = {"it's": "String", "more": {"type": "String", "default": "y"}}
    version = publish(pipeline(fresh("Run"), {"say": task(ECHO, {"text": given("it's")})}, inputs))
    text = snippets(hub, version)["curl"]["text"]
    assert hub.token not in text
    done = shell(text.replace("null", '"hello"'), tmp_path, HUB_TOKEN=hub.token)
    assert done.returncode == 0, done.stderr
    run = hub.wait_run(json.loads(done.stdout)["id"])
    assert run["state"] == "succeeded" and run["pipeline"]["name"] == version["name"]
    assert run["parameters"]["it's"] == "hello"


@pytest.mark.parametrize("kind", ["model", "notebook", "operator", "dataset"])
def test_other_kinds_are_downloaded(hub, kind, tmp_path):
    asset = hub.get(f"/api/v1/assets?kind={kind}&namespace=starter").json()["items"][0]
    found = snippets(hub, asset["latest"])
    assert list(found) == ["curl"]
    done = shell(found["curl"]["text"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert next(tmp_path.iterdir()).read_bytes() == hub.get(path_of(asset["latest"], "content")).content


# ---- the answer


def test_the_texts_name_the_host_that_was_asked(hub, publish):
    version = publish(component(fresh("host")))
    answer = snippets(hub, version, headers={"Host": "localhost:8443"})
    assert "'http://localhost:8443/api/" in answer["curl"]["text"]


def test_an_etag_saves_sending_it_again_and_differs_by_host(hub, publish):
    version = publish(component(fresh("tag")))
    first = hub.get(path_of(version))
    etag = first.headers["ETag"]
    again = hub.get(path_of(version), headers={"If-None-Match": etag})
    assert again.status_code == 304 and again.content == b""
    assert hub.get(path_of(version), headers={"Host": "localhost"}).headers["ETag"] != etag


def test_a_tag_is_pinned_to_the_version_it_means(hub, publish):
    version = publish(component(fresh("pin")))
    assert snippets(hub, version | {"version": "latest"}) == snippets(hub, version)


def test_what_is_not_there_is_told(hub, publish):
    version = publish(component(fresh("gone")))
    is_problem(hub.get(path_of(version | {"version": "9.0.0"})), 404, "version_not_found")
    is_problem(hub.get(path_of(version | {"name": fresh()})), 404, "asset_not_found")


def test_where_reading_needs_the_token_the_texts_take_it_from_a_variable(make_hub, tmp_path, kubectl):
    hub = make_hub("--allowed-host", "hub.example.org", "--listen", "0.0.0.0:0")
    text = text_of(component(fresh("far")))
    version = hub.publish(text).json()
    found = snippets(hub, version, auth=True)
    done = shell(found["curl"]["text"], tmp_path, HUB_TOKEN=hub.token)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / f"{version['name']}.yaml").read_text() == text
    assert shell(found["curl"]["text"], tmp_path, HUB_TOKEN="wrong").returncode != 0
    assert 'os.environ["HUB_TOKEN"]' in found["kfp"]["text"] and ast.parse(found["kfp"]["text"])
    task = hub.publish(TEKTON_TASK.replace("NAME", fresh("task"))).json()
    done = shell(snippets(hub, task, auth=True)["tekton"]["text"], tmp_path, HUB_TOKEN=hub.token, **kubectl)
    assert done.stdout.startswith("# apply -f -\n") and yaml.safe_load(done.stdout)["kind"] == "Task"
