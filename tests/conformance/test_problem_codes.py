"""The table of problems, pipeline-creator/PROBLEMS.md, against the sources; and the checks that a pipeline must have.

Environment: COMPONENT_HUB = the binary (build/release/component-hub).
"""

import json
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from test_compile_golden import BINARY, CATALOG, WRONG
from test_fixes import BREAKAGES, check, read, readable

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=f"no binary at {BINARY}: make builds it")

FOLDER = Path(__file__).resolve().parent.parent.parent / "pipeline-creator"
# where a problem is told: by problem_add and its like with a severity, by `problem` of loops, by `wrong` of kubernetes
TOLD = re.compile(r'(?:SEVERITY_\w+,|\bproblem\(\w+, \w+, \w+,|\bwrong\(&?\w+,)\s*"([a-z][a-z0-9_]+)"')


def codes_in_sources():
    sources = [path for folder in ("graph", "compile") for path in FOLDER.glob(f"{folder}/*.c")]
    return {code for path in sources if not path.name.startswith("test_") for code in TOLD.findall(path.read_text(encoding="utf-8"))}


def table():
    rows = [line.split("|")[1:5] for line in (FOLDER / "PROBLEMS.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return [(code.strip(" `"), severity.strip(), fix.strip()) for code, severity, _, fix in rows]


def test_the_table_is_that_of_the_sources():
    codes = [code for code, _, _ in table()]
    assert (sorted(codes_in_sources() - set(codes)), sorted(set(codes) - codes_in_sources())) == ([], [])
    assert codes == sorted(set(codes)), "each once, in order"


def test_the_table_says_which_problems_have_a_fix():
    codes = {code for code, _, _ in table()}
    offered = {code.strip() for code in BREAKAGES}  # test_fixes sees each of these offered
    offered |= {p["code"] for path in WRONG if readable(path) for p in check(read(path)) if "fix" in p}
    assert {code for code, _, fix in table() if fix} == offered & codes


def test_the_table_says_how_severe_they_are():
    severities = {code: severity for code, severity, _ in table()}
    told = {(p["code"], p["severity"]) for path in WRONG if readable(path) for p in check(read(path))}
    assert {(c, s) for c, s in told if c in severities and severities[c] != s} == set()


def test_every_feature_of_kfp_tekton_has_an_answer_and_refusals_name_a_code():
    text = (FOLDER / "README.md").read_text(encoding="utf-8").split("## kfp-tekton's features")[1]
    rows = [line.split("|")[1:4] for line in text.splitlines() if line.startswith("| ")][1:]
    codes = {code for code, _, _ in table()}
    assert len(rows) >= 38
    for feature, answer, how in rows:
        assert answer.strip().split(" ")[0] in ("covered", "otherwise", "refused") and how.strip(), feature
        named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", how))
        assert named <= codes | {"graph_component"}, feature
        assert "refused" not in answer + how or named, feature


# ---- checks that there must be

ECHO = {"name": "starter/echo"}


def pipeline(tasks, **more):
    return {"name": "P", "implementation": {"graph": {"tasks": tasks}}} | more


def output_of(task):
    return {"taskOutput": {"taskId": task, "outputName": "output"}}


def equal(left, right):
    return {"==": {"op1": left, "op2": right}}


def program(inputs, *words):
    return {"spec": {"name": "C", "inputs": inputs, "implementation": {"container": {"image": "busybox", "command": ["true", *words]}}}}


def listing(items):
    """A pipeline that hands out a list, and a loop over it, which cannot be unrolled."""
    graph = {"tasks": {"x": {"componentRef": ECHO}}, "outputValues": {"list": json.dumps(["a"] * items)}}
    inner = {"name": "L", "outputs": [{"name": "list", "type": "JsonArray"}], "implementation": {"graph": graph}}
    loop = {"input": "text", "over": {"taskOutput": {"taskId": "make", "outputName": "list"}}}
    return pipeline({
        "make": {"componentRef": {"spec": inner}},
        "each": {"componentRef": ECHO, "annotations": {"component-hub.dev/iterate": loop}},
    })


X = {"graphInput": {"inputName": "x"}}
CHECKS = {
    "unknown_component": pipeline({"a": {"componentRef": {"name": "starter/nothing"}}}),
    "unknown_component ": pipeline({"a": {"componentRef": {"name": "starter/echo@999.0.0"}}}),
    "missing_input": pipeline({"a": {"componentRef": program([{"name": "needed"}])}}),
    "type_mismatch": pipeline({"a": {"componentRef": {"name": "starter/wait"}, "arguments": {"seconds": "many"}}}),
    "cycle": pipeline({"a": {"componentRef": ECHO, "arguments": {"text": output_of("b")}},
                       "b": {"componentRef": ECHO, "arguments": {"text": output_of("a")}}}),
    "unreachable_task": pipeline({"a": {"componentRef": ECHO, "isEnabled": equal("a", "b")}, "b": {"componentRef": ECHO}}),
    "unreachable_task ": pipeline(
        {"a": {"componentRef": ECHO, "isEnabled": {"and": {"op1": equal(X, "a"), "op2": equal(X, "b")}}}, "b": {"componentRef": ECHO}},
        inputs=[{"name": "x", "default": "a"}]),
    "duplicate_name": pipeline({"a": {"componentRef": ECHO}}, inputs=[{"name": "x"}, {"name": "x"}]),
    "redundant_depends_on": pipeline({"a": {"componentRef": ECHO},
                                      "b": {"componentRef": ECHO, "annotations": {"component-hub.dev/depends-on": ["a", "a"]}}}),
    "invalid_name": pipeline({" ": {"componentRef": ECHO}}),
    "unused_input": pipeline({"a": {"componentRef": ECHO}}, inputs=[{"name": "x", "default": "a"}]),
    "matrix_too_large": listing(257),
    "too_large": pipeline({"a": {"componentRef": program([], *["x" * 100_000] * 7)}}),
}


@pytest.mark.parametrize("code", CHECKS, ids=str)
def test_a_check_for(code):
    assert code.strip() in {p["code"] for p in check(CHECKS[code])}


def test_256_items_are_not_too_many():
    assert "matrix_too_large" not in {p["code"] for p in check(listing(256))}


def test_a_key_that_is_given_twice_is_told():
    text = b"name: P\nimplementation: {graph: {tasks: {a: {componentRef: {name: starter/echo}}, a: {}}}}\n"
    result = subprocess.run([BINARY, "compile", "--check", "-"], input=text, capture_output=True, timeout=60)
    assert result.returncode == 1
    assert b"[yaml_duplicate_key]" in result.stderr


def unreachable(document):
    return [p["path"].split("/")[-1] for p in check(document) if p["code"] == "unreachable_task"]


def test_a_cycle_is_told_with_its_path():
    (problem,) = [p for p in check(CHECKS["cycle"]) if p["code"] == "cycle"]
    assert "a → b → a" in problem["message"]


def test_what_needs_an_unreachable_task_is_unreachable():
    tasks = {
        "last": {"componentRef": ECHO, "arguments": {"text": output_of("next")}},
        "never": {"componentRef": ECHO, "isEnabled": equal("a", "b")},
        "next": {"componentRef": ECHO, "arguments": {"text": output_of("never")}},
        "conditioned": {"componentRef": ECHO, "isEnabled": equal(output_of("never"), "x")},
        "after": {"componentRef": ECHO, "annotations": {"component-hub.dev/depends-on": ["never"]}},
    }
    assert Counter(unreachable(pipeline(tasks))) == Counter(["never", "next", "conditioned", "last"])


def test_what_an_input_has_now_makes_nothing_unreachable():
    tasks = {"a": {"componentRef": ECHO, "isEnabled": equal(X, "b")}, "b": {"componentRef": ECHO, "isEnabled": X}}
    assert unreachable(pipeline(tasks, inputs=[{"name": "x", "optional": True}])) == []
    assert unreachable(pipeline(tasks, inputs=[{"name": "x", "default": "a"}])) == []


def test_several_objects_that_are_small_enough_are_a_warning():
    tasks = {str(i): {"componentRef": program([], f"{i}" + "x" * 100_000)} for i in range(7)}
    assert [(p["code"], p["severity"]) for p in check(pipeline(tasks))] == [("too_large", "warning")]
    assert [p["severity"] for p in check(CHECKS["too_large"]) if p["code"] == "too_large"] == ["error"]
