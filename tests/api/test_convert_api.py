"""Documents of other programs: converting them, compiling and checking and publishing them as they are."""

import json
import xml.etree.ElementTree as ElementTree

import pytest
import yaml

from documents import ECHO, fresh, given, pipeline, task, text_of

YAML = {"Content-Type": "application/yaml"}

TEKTON = """\
apiVersion: tekton.dev/v1
kind: Pipeline
metadata: {name: NAME}
spec:
  params: [{name: text, default: hello}]
  tasks:
  - name: say
    params: [{name: text, value: $(params.text)}]
    taskSpec:
      params: [{name: text}]
      steps: [{name: main, image: "debian:12", args: [$(params.text)]}]
"""

ELYRA = {
    "doc_type": "pipeline",
    "version": "3.0",
    "id": "x",
    "primary_pipeline": "p",
    "pipelines": [
        {
            "id": "p",
            "app_data": {"properties": {"name": "NAME"}},
            "nodes": [
                {
                    "id": "n",
                    "type": "execution_node",
                    "op": "catalog:1",
                    "app_data": {
                        "ui_data": {"label": "Echo"},
                        "component_parameters": {"text": {"widget": "string", "value": "hi"}},
                    },
                }
            ],
        }
    ],
}


def tekton(name="talk"):
    return TEKTON.replace("NAME", name)


def convert(hub, text, to=None, **headers):
    query = {"to": to} if to else {}
    return hub.post("/api/v1/convert", auth=False, params=query, data=text.encode(), headers=YAML | headers)


def test_a_tekton_pipeline_becomes_a_native_document(hub):
    answer = convert(hub, tekton())
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/yaml")
    document = yaml.safe_load(answer.text)
    assert document["name"] == "talk" and document["inputs"][0]["name"] == "text"
    assert document["implementation"]["graph"]["tasks"]["say"]["arguments"] == {"text": given("text")}
    assert convert(hub, answer.text, "native").text == answer.text


def test_json_tells_what_it_was_and_what_is_wrong(hub):
    broken = tekton().replace("[{name: text, value: $(params.text)}]", "[{value: x}]")
    answer = convert(hub, broken, Accept="application/json").json()
    assert answer["format"] == "tekton" and "say" in yaml.safe_load(answer["document"])["implementation"]["graph"]["tasks"]
    assert [(p["code"], p["line"], p["path"]) for p in answer["problems"]] == [("not_carried", 8, "/spec/tasks/0/params/0")]
    drawn = convert(hub, text_of(ELYRA), "svg", Accept="application/json").json()
    assert drawn["format"] == "elyra" and drawn["document"].startswith("<svg ")


def test_a_drawing_is_an_image_that_runs_nothing(hub):
    answer = convert(hub, tekton("<i>"), "svg")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    root = ElementTree.fromstring(answer.text)
    assert root.find("{http://www.w3.org/2000/svg}title").text == "<i>"


def test_a_stored_pipeline_is_drawn_and_written(hub):
    name = fresh()
    document = pipeline(name, {"say": task(ECHO, {"text": "hi"})})
    assert hub.post("/api/v1/assets", data=text_of(document), headers=YAML).status_code == 201
    for to, begin in (("native", "name: "), ("svg", "<svg "), ("tekton", "apiVersion: tekton.dev/v1")):
        body = {"pipeline": f"default/{name}"}
        answer = hub.post("/api/v1/convert", auth=False, params={"to": to}, json=body, headers={"Accept": "*/*"})
        assert answer.status_code == 200 and answer.text.startswith(begin), answer.text
    assert hub.post("/api/v1/convert", auth=False, json={"pipeline": "default/nothing-here"}).status_code == 404


@pytest.mark.parametrize(
    "text, code",
    [
        ("a: [", "yaml_syntax"),
        ("kind: ConfigMap\napiVersion: v1", "unsupported_format"),
        ("kind: Pipeline\napiVersion: tekton.dev/v1\nspec: {tasks: [{name: a}]}", "missing_implementation"),
    ],
)
def test_what_cannot_be_read_is_a_422_with_its_place(hub, text, code):
    for to in ("native", "svg"):
        answer = convert(hub, text, to)
        assert answer.status_code == 422, answer.text
        (problem,) = answer.json()["problems"]
        assert problem["code"] == code and problem["line"] > 0


def test_an_unknown_form_is_told(hub):
    answer = convert(hub, tekton(), "png")
    assert answer.status_code == 422 and "native" in answer.text


def test_compile_and_check_take_them_as_they_are(hub):
    for text in (tekton(), json.dumps(ELYRA)):
        answer = hub.post("/api/v1/compile", auth=False, data=text.encode(), headers=YAML)
        assert answer.status_code == 200, answer.text
        assert yaml.safe_load(answer.text)["kind"] == "PipelineRun"
        for body in ({"document": text}, {"document": yaml.safe_load(text)}):
            found = hub.post("/api/v1/check", auth=False, json=body).json()["problems"]
            assert [p for p in found if p["severity"] == "error"] == []
    wrong = tekton().replace("- name: say\n", "- name: say\n    timeout: soon\n")
    (problem,) = hub.post("/api/v1/check", auth=False, data=wrong.encode(), headers=YAML).json()["problems"]
    assert (problem["code"], problem["line"]) == ("invalid_timeout", 8)


def test_publishing_freezes_what_an_elyra_pipeline_refers_to(hub):
    name = fresh()
    text = json.dumps(ELYRA).replace("NAME", name)
    answer = hub.post("/api/v1/assets", data=text.encode(), headers=YAML, params={"kind": "pipeline", "name": name})
    assert answer.status_code == 201, answer.text
    users = hub.get("/api/v1/assets/starter/component/echo/used-by", params={"limit": 200}).json()["items"]
    assert name in {item["name"] for item in users}


def test_publishing_takes_a_pipeline_of_others_that_cannot_be_compiled_here(hub):
    name = fresh()
    text = json.dumps(ELYRA).replace("NAME", name).replace('"Echo"', '"Nobody has this"')
    answer = hub.post("/api/v1/assets", data=text.encode(), headers=YAML, params={"kind": "pipeline", "name": name})
    assert answer.status_code == 201, answer.text
