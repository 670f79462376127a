"""POST /api/v1/lint: verdicts by document and problems with places; bodies that are refused; bounds."""

import json
import time

import pytest
import requests

from documents import GOOD_TASK as GOOD, MATRIX_PIPELINE as MATRIX
from watching import is_problem

YAML = {"Content-Type": "application/yaml"}
BAD = GOOD.replace("good", "bad").replace("hello", "$(params.nobody)")
UNKNOWN = GOOD.replace("good", "unknown").replace("script:", "skript:")


def lint(hub, text, headers=YAML, **query):
    data = text if isinstance(text, bytes) else text.encode()
    return hub.post("/api/v1/lint", auth=False, data=data, headers=headers, params=query)


def linted(hub, text, **more):
    answer = lint(hub, text, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(hub, text, status, code):
    """The problem of a text that gets no verdict, and that it has a place."""
    answer = lint(hub, text)
    is_problem(answer, status, code)
    (problem,) = answer.json()["problems"]
    assert problem["code"] == code and problem["severity"] == "error"
    return problem


# ---- verdicts


def test_what_tekton_accepts_is_accepted_without_a_word(hub):
    assert linted(hub, GOOD) == {
        "documents": [
            {
                "index": 0, "kind": "Task", "api_version": "tekton.dev/v1", "name": "good", "line": 1,
                "verdict": "accepted", "problems": [],
            }
        ],
        "problems": [],
    }


def test_what_tekton_refuses_has_its_words_its_field_path_and_the_line(hub):
    answer = linted(hub, BAD)
    (document,) = answer["documents"]
    (problem,) = document["problems"]
    assert document["verdict"] == "refused" and answer["problems"] == [problem]
    assert problem["message"] == 'non-existent variable in "echo $(params.nobody)"'
    assert (problem["severity"], problem["code"]) == ("error", "unknown_variable")
    assert (problem["path"], problem["line"], problem["column"]) == ("spec.steps[0].script", 9, 15)


@pytest.mark.parametrize("gate, verdict", [("stable", "refused"), ("beta", "accepted"), ("alpha", "accepted")])
def test_the_gate_decides_what_is_allowed(hub, gate, verdict):
    answer = linted(hub, MATRIX, gate=gate)
    assert answer["documents"][0]["verdict"] == verdict
    assert bool(answer["problems"]) == (verdict == "refused")


def test_without_a_gate_it_is_beta(hub):
    assert linted(hub, MATRIX) == linted(hub, MATRIX, gate="beta")


def test_checks_of_our_own_change_no_verdict_and_can_be_left_out(hub):
    text = GOOD.split("@")[0] + ":latest\n      script: echo hello\n"
    answer = linted(hub, text, tekton_only="false")
    assert answer == linted(hub, text)
    assert answer["documents"][0]["verdict"] == "accepted"
    assert [(p["severity"], p["code"]) for p in answer["problems"]] == [("info", "image_latest")]
    assert linted(hub, text, tekton_only="true")["problems"] == []


@pytest.mark.parametrize("query", [{"gate": "gamma"}, {"gate": "BETA"}, {"tekton_only": "1"}])
def test_an_unknown_choice_is_refused(hub, query):
    is_problem(lint(hub, GOOD, **query), 422, "bad_parameter")


def test_each_of_several_documents_has_its_own_problems(hub):
    other = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"
    answer = linted(hub, "---\n".join(["# first\n", GOOD, "\n", BAD, other, UNKNOWN]))
    documents = answer["documents"]
    assert [(d["index"], d["kind"], d["name"]) for d in documents] == [
        (0, "Task", "good"), (1, "Task", "bad"), (2, "Secret", "s"), (3, "Task", "unknown"),
    ]
    assert [d["verdict"] for d in documents] == ["accepted", "refused", "not_checked", "undecodable"]
    assert [[p["code"] for p in d["problems"]] for d in documents] == [
        [], ["unknown_variable"], ["other_kind"], ["unknown_field"],
    ]
    assert [p for d in documents for p in d["problems"]] == answer["problems"]
    lines = [d["line"] for d in documents]
    assert lines == sorted(set(lines))
    for document, end in zip(documents, [*lines[1:], 1000]):
        assert all(document["line"] <= p["line"] < end for p in document["problems"])


def test_json_is_told_by_the_text_whatever_type_it_has(hub):
    task = {"apiVersion": "tekton.dev/v1", "kind": "Task", "metadata": {"name": "j"}, "spec": {"steps": []}}
    answers = [
        linted(hub, json.dumps(task, indent=2), headers={"Content-Type": each})
        for each in ("application/json", "application/yaml", "application/octet-stream", "text/yaml; charset=utf-8")
    ]
    assert answers == answers[:1] * 4
    (problem,) = answers[0]["problems"]
    assert (problem["message"], problem["path"], problem["line"]) == ("missing field(s)", "spec.steps", 8)



# ---- texts that get no verdict


@pytest.mark.parametrize("text, line, column", [("a: 1\nb: [1,\n", 3, 1), ("a: b: c\n", 1, 5), (GOOD + "\t- x\n", 10, 1)])
def test_what_is_no_yaml_is_refused_with_its_place(hub, text, line, column):
    problem = refused(hub, text, 422, "yaml_syntax")
    assert (problem["line"], problem["column"]) == (line, column)


def test_bytes_that_are_no_text_are_refused(hub):
    assert refused(hub, b"a: \xff\xfe\n", 422, "yaml_utf8")["line"] == 1


def test_a_key_given_twice_is_refused_where_it_stands_again(hub):
    problem = refused(hub, GOOD + "kind: Task\n", 422, "yaml_duplicate_key")
    assert (problem["line"], problem["column"]) == (10, 1)
    assert refused(hub, '{"kind": "Task",\n "kind": "Task"}', 422, "yaml_duplicate_key")["line"] == 2


def test_an_empty_body_is_refused_and_a_text_without_documents_is_not(hub):
    is_problem(lint(hub, ""), 400, "body_missing")
    for text in ("\n", "# nothing\n", "---\n---\n"):
        assert linted(hub, text) == {"documents": [], "problems": []}


@pytest.mark.parametrize("kind", ["text/plain", "text/html", "application/gzip", "application/x-www-form-urlencoded",
                                  "multipart/form-data; boundary=x"])
def test_other_media_types_are_not_taken(hub, kind):
    is_problem(lint(hub, GOOD, headers={"Content-Type": kind}), 415, "media_type")


# ---- what the documents refer to

DOUBLE = """\
apiVersion: tekton.dev/v1
kind: Task
metadata: {name: NAME}
spec:
  params: [{name: text}, {name: words, type: array, default: []}]
  results: [{name: out}]
  steps:
    - image: i@sha256:0
      args: ['$(params.words[*])']
      script: echo -n "$(params.text)" > $(results.out.path)
"""
STEP_ACTION = """\
apiVersion: tekton.dev/v1beta1
kind: StepAction
metadata: {name: lint-say}
spec:
  params: [{name: text}]
  image: i@sha256:0
  args: ['$(params.text)']
"""
USES = """\
apiVersion: tekton.dev/v1
kind: Pipeline
metadata: {name: uses}
spec:
  tasks:
    - name: a
      taskRef: REF
      params: [{name: words, value: one}]
    - name: b
      taskRef: {name: nobody-has-this}
      params: [{name: p, value: $(tasks.a.results.nope)}]
"""
FOUND = [("param_required", 6), ("param_type", 8), ("result_unknown", 9)]


def codes(answer):
    return [(p["code"], p["line"]) for p in answer["problems"]]


def test_a_task_of_the_registry_is_compared_with_what_it_is_given(hub, publish):
    version = publish(DOUBLE.replace("NAME", "lint-double"), namespace="linted")
    assert version["digest"].startswith("sha256:")
    url = hub.url("/api/v1/assets/linted/component/lint-double/versions/1.0.0/content")
    references = {
        "{name: lint-double}": "linted",
        "{resolver: hub, params: [{name: name, value: lint-double}, {name: version, value: 1.0.0}]}": "linted",
        f"{{resolver: http, params: [{{name: url, value: '{url}'}}]}}": "default",
        "{resolver: http, params: [{name: url, value: 'https://elsewhere/x'}, "
        f"{{name: digest, value: '{version['digest']}'}}]}}": "default",
    }
    for reference, namespace in references.items():
        text = USES.replace("REF", reference)
        answer = linted(hub, text, namespace=namespace)
        assert codes(answer) == FOUND, reference
        assert answer["documents"][0]["problems"] == answer["problems"]
        assert answer["documents"][0]["verdict"] == "accepted"
        assert {p["hint"] for p in answer["problems"]} == {"compared with linted/lint-double@1.0.0"}
        assert linted(hub, text, namespace=namespace, tekton_only="true")["problems"] == []


def test_plain_names_are_looked_up_in_the_namespace_then_in_default(hub, publish):
    publish(DOUBLE.replace("NAME", "lint-mine"), namespace="linted")
    text = USES.replace("REF", "{name: lint-mine}")
    assert codes(linted(hub, text)) == []
    publish(DOUBLE.replace("NAME", "lint-mine").replace("{name: text}", "{name: text, default: x}"))
    assert codes(linted(hub, text)) == FOUND[1:]
    assert codes(linted(hub, text, namespace="elsewhere")) == FOUND[1:]
    assert codes(linted(hub, text, namespace="linted")) == FOUND
    is_problem(lint(hub, text, namespace="No Name"), 422, "bad_namespace")


def test_step_actions_and_pipelines_of_the_registry_are_compared(hub, publish):
    publish(STEP_ACTION)
    task = GOOD.split("spec:")[0] + "spec:\n  steps:\n    - ref: {name: lint-say}\n      params: [{name: x, value: y}]\n"
    (required, unknown) = linted(hub, task)["problems"]
    assert (required["code"], unknown["code"], unknown["severity"]) == ("param_required", "param_unknown", "error")
    publish(MATRIX.replace("name: m}", "name: lint-whole}").replace("spec:\n", "spec:\n  params: [{name: p}]\n", 1))
    run = "apiVersion: tekton.dev/v1\nkind: PipelineRun\nmetadata: {name: r}\nspec: {pipelineRef: {name: lint-whole}}\n"
    assert codes(linted(hub, run)) == [("param_required", 4)]


def test_components_of_another_form_are_not_compared(hub):
    """The starter catalog's echo is no Task of Tekton's: who names it means a Task of the cluster."""
    assert hub.get("/api/v1/assets/starter/component/echo").status_code == 200
    assert codes(linted(hub, USES.replace("REF", "{name: echo}"))) == []


def test_of_very_many_references_the_first_200_are_looked_up(hub, publish):
    publish(DOUBLE.replace("NAME", "lint-late"))
    run = "---\napiVersion: tekton.dev/v1\nkind: TaskRun\nmetadata: {name: r}\nspec: {taskRef: {name: NAME}}\n"
    late = run.replace("NAME", "lint-late")
    for others, problems in ((199, 1), (200, 0)):
        text = "".join(run.replace("NAME", f"t{i}") for i in range(others)) + late
        assert len(linted(hub, text)["problems"]) == problems


# ---- bounds


def test_a_body_of_33_mib_is_too_large(hub):
    try:
        answer = lint(hub, b"#" + b"x" * ((33 << 20) - 1))
    except requests.ConnectionError:
        return  # cut off while still sending
    is_problem(answer, 413, "too_large")


def test_the_largest_body_that_is_taken_is_answered(hub):
    text = GOOD + "#" + "x" * ((8 << 20) - len(GOOD) - 1)
    assert linted(hub, text)["documents"][0]["verdict"] == "accepted"
    is_problem(lint(hub, text + "x"), 413, "too_large")


def test_aliases_that_stand_for_too_much_are_refused_quickly(hub):
    levels = ["a0: &a0 [" + ", ".join(["lol"] * 9) + "]"]
    levels += [f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 9) + "]" for i in range(1, 12)]
    start = time.monotonic()
    assert refused(hub, "\n".join(levels) + "\n", 413, "yaml_nodes")["line"] > 1
    long = "a: &a " + "x" * 100_000 + "\nb: [" + ", ".join(["*a"] * 1000) + "]\n"
    refused(hub, long, 413, "yaml_alias")
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("many", ["$(params.nobody) ", "$(", "$(params.", "$(params['", "$(steps.a.results."])
def test_very_many_variables_in_one_line_are_answered_quickly(hub, many):
    start = time.monotonic()
    text = GOOD.replace("echo hello", "'" + (many * 100_000).replace("'", "''") + "'")
    assert linted(hub, text)["documents"][0]["kind"] == "Task"
    assert time.monotonic() - start < 20


def test_deep_nesting_and_too_many_documents_are_refused(hub):
    refused(hub, "[" * 10_000, 413, "yaml_depth")
    refused(hub, "---\na: 1\n" * 1001, 413, "yaml_documents")


def test_of_many_problems_the_first_500_are_told_and_all_verdicts(hub):
    start = time.monotonic()
    answer = linted(hub, "---\n".join([BAD] * 1000))
    assert [d["verdict"] for d in answer["documents"]] == ["refused"] * 1000
    assert len(answer["problems"]) == 500
    assert [len(d["problems"]) for d in answer["documents"]] == [1] * 500 + [0] * 500
    assert time.monotonic() - start < 20
