"""Compiling and checking: bodies and answers, problems with their place, what references mean, what
publishing freezes.
"""

import json

import pytest
import yaml

from documents import ECHO, component, equals, fresh, given, output, pipeline, task, text_of

YAML = {"Content-Type": "application/yaml"}


def compile_text(hub, document, **headers):
    data = document if isinstance(document, str) else text_of(document)
    return hub.post("/api/v1/compile", auth=False, data=data.encode(), headers=YAML | headers)


def compile_json(hub, headers=None, **body):
    return hub.post(
        "/api/v1/compile", auth=False, json=body, headers={"Accept": "application/yaml"} | (headers or {})
    )


def checked(hub, document):
    data = document if isinstance(document, str) else text_of(document)
    answer = hub.post("/api/v1/check", auth=False, data=data.encode(), headers=YAML)
    assert answer.status_code == 200, answer.text
    return answer.json()


def check(hub, document):
    return checked(hub, document)["problems"]


def manifest(answer):
    assert answer.status_code == 200, answer.text
    return yaml.safe_load(answer.text)


def errors(answer):
    """The problems of a 422, in the form that errors have."""
    assert answer.status_code == 422, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    body = answer.json()
    assert body["code"] == "invalid_pipeline" and body["status"] == 422
    found = [p for p in body["problems"] if p["severity"] == "error"]
    assert found and all({"code", "message", "path", "line", "column"} <= set(p) for p in found)
    return found


def commands(document):
    """Every command and argument of a manifest as one text."""
    tasks = document["spec"]["pipelineSpec"]["tasks"]
    return "\n".join(
        str(part)
        for t in tasks
        for s in t["taskSpec"]["steps"]
        for part in s.get("command", []) + s.get("args", [])
    )


# ---- bodies and answers


def test_yaml_text_in_gives_yaml_text_out(hub):
    name = fresh("Compiled")
    answer = compile_text(hub, pipeline(name, {"a": task(ECHO, {"text": "hi"})}))
    document = manifest(answer)
    assert answer.headers["Content-Type"].startswith("application/yaml")
    assert (document["apiVersion"], document["kind"]) == ("tekton.dev/v1", "PipelineRun")
    assert document["metadata"]["generateName"].startswith("compiled-")
    assert document["spec"]["timeouts"]["pipeline"] in ("0", "0s")


def test_the_same_document_gives_the_same_bytes(hub):
    document = pipeline("Same", {f"t{i}": task(ECHO, {"text": str(i)}) for i in range(20)})
    assert len({compile_text(hub, document).content for _ in range(5)}) == 1


def test_accept_decides_between_yaml_and_json(hub):
    document = pipeline("Both", {"a": task(ECHO, {"text": "hi"})})
    text = compile_text(hub, document, Accept="application/yaml").text
    answer = compile_text(hub, document, Accept="application/json")
    assert answer.headers["Content-Type"].startswith("application/json")
    body = answer.json()
    assert body["manifest"] == text
    assert all(p["severity"] != "error" for p in body["problems"])


def test_json_bodies_take_the_document_as_text_or_as_an_object(hub):
    document = pipeline("Forms", {"a": task(ECHO, {"text": given("word")})}, {"word": "String"})
    as_text = manifest(compile_json(hub, document=text_of(document), parameters={"word": "w"}))
    as_object = manifest(compile_json(hub, document=document, parameters={"word": "w"}))
    assert as_text == as_object
    assert as_text["spec"]["params"] == [{"name": "word", "value": "w"}]


def test_options_of_the_call_win_over_those_of_the_document(hub):
    tasks = {"a": task(ECHO, {"text": "x"})}
    document = pipeline("Options", tasks, options={"timeouts": {"pipeline": "2h"}})
    assert manifest(compile_json(hub, document=document))["spec"]["timeouts"]["pipeline"] == "2h"
    options = {"timeouts": {"pipeline": "5m"}, "serviceAccountName": "trainer"}
    spec = manifest(compile_json(hub, document=document, options=options))["spec"]
    assert spec["timeouts"]["pipeline"] == "5m"
    assert spec["taskRunTemplate"]["serviceAccountName"] == "trainer"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"pipeline": "starter/sequential", "document": {}},
        {"pipeline": ""},
        {"pipeline": 1},
        {"document": []},
        {"document": 7},
        {"pipeline": "starter/sequential", "parameters": [1]},
        {"pipeline": "starter/sequential", "options": "fast"},
        {"pipeline": "x", "namespace": "No Such"},
    ],
    ids=json.dumps,
)
def test_requests_of_a_wrong_shape_are_refused(hub, body):
    answer = compile_json(hub, **body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"].startswith("bad_")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'"text"', b"{}}", b'{"a": NaN}', b"\xff\xfe"])
def test_bodies_that_are_no_json_object_are_refused(hub, data):
    answer = hub.post("/api/v1/compile", auth=False, data=data, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text


def test_resources_are_a_stream_of_objects_that_refer_to_each_other_by_content(hub):
    document = pipeline("Apart", {"a": task(ECHO, {"text": "x"}), "b": task(ECHO, {"text": "y"})})
    answer = hub.post(
        "/api/v1/compile?output=resources", auth=False, json={"document": document},
        headers={"Accept": "application/yaml"},
    )  # fmt: skip
    one, whole, run = yaml.safe_load_all(answer.text)
    assert [each["kind"] for each in (one, whole, run)] == ["Task", "Pipeline", "PipelineRun"]
    assert {t["taskRef"]["name"] for t in whole["spec"]["tasks"]} == {one["metadata"]["name"]}
    assert run["spec"]["pipelineRef"] == {"name": whole["metadata"]["name"]}


def test_permissions_are_a_stream_of_what_components_ask_for(hub):
    asking = task("starter/create-volume-claim")
    document = pipeline("Asks", {"a": asking, "b": task("starter/echo")})
    answer = hub.post(
        "/api/v1/compile?output=rbac", auth=False, json={"document": document}, headers={"Accept": "application/yaml"}
    )
    account, role, binding = yaml.safe_load_all(answer.text)
    assert [each["kind"] for each in (account, role, binding)] == ["ServiceAccount", "Role", "RoleBinding"]
    assert {"apiGroups": [""], "resources": ["persistentvolumeclaims"], "verbs": ["create"]} in role["rules"]


def large_pipeline():
    """Seven tasks that are too large for one object."""
    scripts = [f"echo {i}\n# " + "x" * 100_000 for i in range(7)]
    return pipeline("Large", {f"t{i}": task(component(f"Step {i}", s)) for i, s in enumerate(scripts)})


def test_what_is_too_large_for_one_object_compiles_to_resources(hub):
    body = {"document": large_pipeline()}
    refused = errors(hub.post("/api/v1/compile", auth=False, json=body))
    assert [p["code"] for p in refused] == ["too_large"] and "resources" in refused[0]["hint"]
    answer = hub.post("/api/v1/compile?output=resources", auth=False, json=body)
    assert answer.status_code == 200 and len(list(yaml.safe_load_all(answer.text))) == 9


def test_an_unknown_output_is_refused(hub):
    answer = hub.post("/api/v1/compile?output=argo", auth=False, json={"pipeline": "starter/sequential"})
    assert answer.status_code == 422 and answer.json()["code"] == "bad_output"


# ---- problems and their place


def test_broken_yaml_is_told_with_line_and_column(hub):
    answer = compile_text(hub, "name: x\nimplementation:\n  graph: {tasks: [}\n")
    assert answer.status_code in (400, 422)
    (problem,) = [p for p in answer.json()["problems"] if p["severity"] == "error"]
    assert problem["line"] == 3 and problem["column"] >= 10


def test_every_problem_is_told_with_its_line_and_path(hub):
    document = """\
name: Many
inputs:
- {name: count, type: Integer}
implementation:
  graph:
    tasks:
      first:
        componentRef: {name: starter/echo}
        arguments:
          txt: hello
      second:
        componentRef: {name: starter/echo}
        arguments:
          text: {taskOutput: {taskId: first, outputName: nothing}}
      third:
        componentRef: {name: starter/random-number}
        arguments:
          minimum: many
"""
    found = errors(compile_text(hub, document))
    base = "/implementation/graph/tasks/"
    places = {(p["line"], p["path"]) for p in found}
    assert (10, base + "first/arguments/txt") in places
    assert (14, base + "second/arguments/text") in places
    assert (18, base + "third/arguments/minimum") in places
    by_line = {p["line"]: p for p in found}
    assert "text" in by_line[10]["hint"] and by_line[10]["column"] == 11
    assert by_line[14]["code"] == "unknown_output" and by_line[18]["code"] == "type_mismatch"


def test_a_reference_that_nothing_has_is_told_with_its_place(hub):
    document = (
        "name: x\nimplementation:\n  graph:\n    tasks:\n      t:\n        componentRef: {name: nobody/has}\n"
    )
    (problem,) = errors(compile_text(hub, document))
    assert problem["code"] == "unknown_component"
    assert problem["line"] in (5, 6) and problem["path"].startswith("/implementation/graph/tasks/t")
    assert "nobody/has" in problem["message"]


def test_a_circle_is_told_with_its_tasks(hub):
    tasks = {
        "a": task(ECHO, {"text": output("b", "said")}),
        "b": task(ECHO, {"text": output("a", "said")}),
    }
    found = errors(compile_text(hub, pipeline("Circle", tasks)))
    assert any("a" in p["message"] and "b" in p["message"] and "c" in p["code"] for p in found), found


def test_a_parameter_that_the_pipeline_does_not_have_is_told(hub):
    document = pipeline("Params", {"a": task(ECHO, {"text": given("word")})}, {"word": "String"})
    answer = compile_json(hub, document=document, parameters={"word": "x", "wrod": "y"})
    assert any(p["code"] == "unknown_parameter" for p in errors(answer))


def test_a_missing_parameter_is_a_warning_here_and_an_error_when_launching(hub):
    document = pipeline("Needs", {"a": task(ECHO, {"text": given("word")})}, {"word": "String"})
    body = compile_json(hub, {"Accept": "application/json"}, document=document).json()
    assert [p["severity"] for p in body["problems"] if p["code"] == "missing_parameter"] == ["warning"]
    launched = hub.post("/api/v1/runs", json={"document": document})
    assert [p["code"] for p in errors(launched)] == ["missing_parameter"]


def test_a_pipeline_that_is_not_there_is_not_found_and_a_component_is_none(hub):
    answer = compile_json(hub, pipeline="default/no-such-pipeline")
    assert (answer.status_code, answer.json()["code"]) == (404, "pipeline_not_found")
    answer = compile_json(hub, pipeline="starter/echo")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_a_pipeline")


# ---- checking


def test_checking_is_always_answered_with_a_list(hub):
    assert check(hub, pipeline("Fine", {"a": task("starter/echo", {"text": "x"})})) == []
    assert any(p["severity"] == "error" for p in check(hub, pipeline("No", {"a": task("starter/nothing")})))
    assert [p["severity"] for p in check(hub, "{")] == ["error"]
    assert any(p["severity"] == "error" for p in check(hub, "just text"))
    assert any(p["severity"] == "error" for p in check(hub, text_of(ECHO)))


def test_checking_and_compiling_find_the_same(hub):
    document = pipeline("Two", {"a": task("starter/echo", {"words": "x"}), "b": task("starter/nothing")})
    told = [(p["code"], p["line"]) for p in check(hub, document) if p["severity"] == "error"]
    assert told == [(p["code"], p["line"]) for p in errors(compile_text(hub, document))]


def test_checking_offers_fixes(hub):
    """tests/conformance/test_fixes.py applies them."""
    path = "/implementation/graph/tasks/a/arguments/nothing like it"
    (problem,) = check(hub, pipeline("Fixed", {"a": task("starter/echo", {"nothing like it": "x"})}))
    assert (problem["code"], problem["fix"]) == ("unknown_argument", [{"op": "remove", "path": path}])
    (problem,) = check(hub, pipeline("Not fixed", {"a": task("starter/nothing")}))
    assert "fix" not in problem


def test_an_unverified_inline_component_is_a_warning(hub):
    document = pipeline("Inline", {"a": task(ECHO, {"text": "x"})})
    document["implementation"]["graph"]["tasks"]["a"]["componentRef"]["digest"] = "0" * 64
    assert [(p["severity"], p["code"]) for p in check(hub, document)] == [("warning", "unverified")]


# ---- what references mean


def marked(name, mark):
    return text_of(component(name, f"echo mark-{mark}"))


def test_references_take_versions_tags_and_digests(hub, publish):
    name = fresh("part")
    first = publish(marked(name, "one"))
    second = publish(marked(name, "two"))
    url = f"/api/v1/assets/default/component/{name}"
    tagged = hub.call("PUT", url + "/tags/blue", json={"version": "1.0.0"}, headers={"If-Match": "*"})
    assert tagged.status_code == 200
    meant = {
        name: "two",
        f"{name}@latest": "two",
        f"default/{name}": "two",
        f"default/{name}@1.0.0": "one",
        f"{name}@1.0.1": "two",
        f"{name}@blue": "one",
        f"{name}@{first['digest']}": "one",
        first["digest"]: "one",
        second["digest"]: "two",
    }
    for reference, mark in meant.items():
        document = manifest(compile_text(hub, pipeline("Refers", {"a": task(reference)})))
        assert f"mark-{mark}" in commands(document), reference
    by_digest = pipeline(
        "Refers", {"a": {"componentRef": {"digest": first["digest"].removeprefix("sha256:")}}}
    )
    assert "mark-one" in commands(manifest(compile_text(hub, by_digest)))
    errors(compile_text(hub, pipeline("Refers", {"a": task(f"{name}@9.9.9")})))


def test_the_digest_decides_over_a_name_beside_it(hub, publish):
    name = fresh("part")
    first = publish(marked(name, "old"))
    publish(marked(name, "new"))
    document = pipeline("Pinned", {"a": {"componentRef": {"name": name, "digest": first["digest"]}}})
    assert "mark-old" in commands(manifest(compile_text(hub, document)))


def test_short_names_mean_the_own_namespace_then_default_then_starter(hub, publish):
    name, own = fresh("part"), fresh("own")
    document = pipeline("Short", {"a": task(name)})

    def meant(namespace):
        return commands(manifest(compile_json(hub, document=document, namespace=namespace)))

    publish(marked(name, "starter"), namespace="starter")
    assert "mark-starter" in meant(own)
    publish(marked(name, "default"), namespace="default")
    assert "mark-default" in meant(own)
    publish(marked(name, "own"), namespace=own)
    assert "mark-own" in meant(own)
    assert "mark-default" in meant("default")
    assert "mark-default" in meant("starter") or "mark-starter" in meant("starter")
    stored = publish(pipeline(fresh("Stored"), {"a": task(name)}), namespace=own)
    assert "mark-own" in commands(manifest(compile_json(hub, pipeline=f"{own}/{stored['name']}")))


def test_a_deprecated_component_gives_a_warning(hub, publish):
    name = fresh("part")
    publish(marked(name, "x"))
    url = f"/api/v1/assets/default/component/{name}"
    body = {"deprecated": {"reason": "old", "successor": None}}
    assert hub.call("PATCH", url, json=body, headers={"If-Match": "*"}).status_code == 200
    found = check(hub, pipeline("Uses", {"a": task(name)}))
    assert [p["severity"] for p in found] == ["warning"] and "deprecated" in found[0]["code"]


# ---- what checking tells of the references


def test_checking_tells_the_interface_of_each_reference_once(hub, publish):
    name = fresh("part")
    version = publish(ECHO, name=name)
    text = {"text": "x"}
    uses = {"a": name, "b": name, "c": f"default/{name}@1.0.0", "d": ECHO}
    answer = checked(hub, pipeline("Uses", {key: task(used, text) for key, used in uses.items()}))
    assert answer["problems"] == []
    assert answer["references"] == [
        {
            "key": key, "kind": "component", "namespace": "default", "name": name, "version": "1.0.0",
            "digest": version["digest"], "title": "Say", "deprecated": False, "latest": "1.0.0",
            "interface": version["interface"],
        }
        for key in (name, f"default/{name}@1.0.0")
    ]


def test_references_are_told_also_when_the_document_has_errors(hub, publish):
    name = fresh("part")
    publish(ECHO, name=name)
    tasks = {"a": task(name), "b": task(name, {"text": "x", "more": "y"}), "c": task("starter/nothing")}
    answer = checked(hub, pipeline("Wrong", tasks))
    assert {p["path"].split("/")[4] for p in answer["problems"] if p["severity"] == "error"} == {"a", "b", "c"}
    assert [r["key"] for r in answer["references"]] == [name]
    assert [i["name"] for i in answer["references"][0]["interface"]["inputs"]] == ["text"]


def test_references_of_nested_pipelines_are_told_too(hub, publish):
    part = publish(ECHO, name=fresh("part"))
    inner = publish(pipeline(fresh("Inner"), {"say": task(part["name"], {"text": given("w")})}, {"w": "String"}))
    answer = checked(hub, pipeline("Outer", {"x": task(inner["name"], {"w": "1"})}))
    assert [(r["key"], r["kind"]) for r in answer["references"]] == [
        (inner["name"], "pipeline"), (part["name"], "component"),
    ]
    assert [i["name"] for i in answer["references"][0]["interface"]["inputs"]] == ["w"]


def test_an_older_a_deprecated_and_a_deleted_version_are_told_as_such(hub, publish):
    name = fresh("part")
    publish(marked(name, "old"))
    newer = publish(marked(name, "new"), name=name, version="2.0.0")
    url = f"/api/v1/assets/default/component/{name}"
    body = {"deprecated": {"reason": "old", "successor": None}}
    assert hub.call("PATCH", url, json=body, headers={"If-Match": "*"}).status_code == 200
    document = pipeline("Uses", {"a": task(f"{name}@1.0.0"), "b": {"componentRef": {"digest": newer["digest"]}}})
    old, new = checked(hub, document)["references"]
    assert (old["version"], old["latest"], old["deprecated"]) == ("1.0.0", "2.0.0", True)
    assert (new["key"], new["version"]) == (newer["digest"], "2.0.0")
    assert hub.call("DELETE", f"{url}/versions/2.0.0", headers={"If-Match": "*"}).status_code == 204
    assert [r["latest"] for r in checked(hub, document)["references"]] == ["1.0.0", "1.0.0"]


def test_without_references_the_list_is_empty(hub):
    for document in (pipeline("Alone", {"a": task(ECHO, {"text": "x"})}), "{", "just text"):
        assert checked(hub, document)["references"] == []


# ---- nesting


def test_pipelines_nest_by_name(hub, publish):
    inner = publish(pipeline(fresh("Inner"), {"say": task(ECHO, {"text": given("w")})}, {"w": "String"}))
    outer = pipeline("Outer", {"x": task(inner["name"], {"w": "1"}), "y": task(inner["name"], {"w": "2"})})
    document = manifest(compile_text(hub, outer))
    assert len(document["spec"]["pipelineSpec"]["tasks"]) == 2
    names = json.loads(document["metadata"]["annotations"]["component-hub.dev/names"])
    assert {t["path"] for t in names["tasks"].values()} == {"x/say", "y/say"}


def test_a_pipeline_cannot_hold_itself(hub, publish):
    name = fresh("loop")
    publish(pipeline(name, {"a": task(ECHO, {"text": "x"})}))
    again = publish(pipeline(name, {"a": task(f"{name}@1.0.0")}), name=name, version="2.0.0")
    assert again["version"] == "2.0.0"
    found = check(hub, pipeline("Deep", {"a": task(name)}))
    assert not [p for p in found if p["severity"] == "error"], found


def test_publishing_freezes_what_references_mean(hub, publish):
    name = fresh("part")
    old = publish(marked(name, "then"))
    frozen = publish(pipeline(fresh("Frozen"), {"a": task(name)}))
    publish(marked(name, "now"))
    reference = f"default/{frozen['name']}"
    document = manifest(compile_json(hub, pipeline=reference))
    assert "mark-then" in commands(document)
    notes = document["spec"]["pipelineSpec"]["tasks"][0]["taskSpec"]["metadata"]["annotations"]
    assert notes["component-hub.dev/digest"] == old["digest"]
    assert notes["component-hub.dev/component"] == f"default/{name}@1.0.0"
    bare = hub.get(f"/api/v1/assets/default/pipeline/{frozen['name']}/versions/latest/content").text
    assert "mark-now" in commands(manifest(compile_text(hub, bare)))
    used = hub.call("DELETE", f"/api/v1/assets/default/component/{name}", headers={"If-Match": "*"})
    assert used.status_code == 204
    assert "mark-then" in commands(manifest(compile_json(hub, pipeline=reference)))


def test_a_pipeline_with_errors_is_not_published(hub):
    name = fresh("broken")
    answer = hub.publish(text_of(pipeline(name, {"a": task("nobody/knows")})))
    assert errors(answer)[0]["code"] == "unknown_component"
    assert hub.get(f"/api/v1/assets/default/pipeline/{name}").status_code == 404


# ---- text that looks like something else


@pytest.mark.parametrize(
    "text", ["$(params.x)", "$$(HOME)", "$(tasks.a.results.b)", "{{x}}", "`id`", "a\nb\n", "'\"\\"]
)
def test_text_arrives_as_typed_or_is_refused(hub, finish, text):
    document = pipeline("Typed", {"a": task(ECHO, {"text": text})}, outputs={"said": ("a", "said")})
    answer = compile_text(hub, document)
    if answer.status_code == 422:
        assert all(p["line"] for p in errors(answer))
        return
    run = finish(document)
    assert (run["state"], run["results"]) == ("succeeded", {"said": text}), run


def test_conditions_become_when_expressions(hub):
    tasks = {
        "a": task(ECHO, {"text": "x"}),
        "b": task(ECHO, {"text": "y"}, enabled=equals(output("a", "said"), "x")),
    }
    document = manifest(compile_text(hub, pipeline("When", tasks)))
    (when,) = document["spec"]["pipelineSpec"]["tasks"][1]["when"]
    assert when == {"input": "$(tasks.a.results.said)", "operator": "in", "values": ["x"]}
