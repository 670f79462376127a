"""Fixes that problems offer: applied, the problem is gone and no error is there that was not before.

Environment: COMPONENT_HUB = the binary (build/release/component-hub).
"""

import copy
import json
import random
import subprocess
from collections import Counter

import pytest
import yaml

from test_compile_golden import BINARY, CATALOG, DOCUMENTS, WRONG, random_document

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=f"no binary at {BINARY}: make builds it")
HUB = "component-hub.dev/"


class Loader(yaml.SafeLoader):
    """For which `=` is a text, as it is for ours."""


Loader.yaml_implicit_resolvers = {k: v for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items() if k != "="}


def read(path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader)


def check(document):
    arguments = [BINARY, "compile", "--check", "--output", "json", "--catalog", CATALOG, "-"]
    result = subprocess.run(arguments, input=json.dumps(document).encode(), capture_output=True, timeout=60)
    assert result.returncode in (0, 1), result.stderr.decode()
    return json.loads(result.stdout)["problems"]


def tokens(pointer):
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def put(parent, key, value, insert):
    if isinstance(parent, list):
        index = len(parent) if key == "-" else int(key)
        if insert:
            parent.insert(index, value)
        else:
            parent[index] = value
    else:
        assert insert or key in parent
        parent[key] = value


def patched(document, patch):
    """RFC 6902, as far as fixes go."""
    document = copy.deepcopy(document)
    for step in patch:
        *way, last = tokens(step["path"])
        parent = document
        for part in way:
            parent = parent[int(part) if isinstance(parent, list) else part]
        if step["op"] == "remove":
            del parent[int(last) if isinstance(parent, list) else last]
        else:
            assert step["op"] in ("add", "replace")
            put(parent, last, copy.deepcopy(step["value"]), step["op"] == "add")
    return document


def identity(problem):
    return problem["code"], problem["path"], problem["message"]


def errors(problems):
    return Counter(p["code"] for p in problems if p["severity"] == "error")


def apply_each(document):
    """The codes of the problems for which there was a fix."""
    before, codes = check(document), []
    for problem in before:
        if "fix" not in problem:
            continue
        after = check(patched(document, problem["fix"]))
        was, now = (Counter(map(identity, problems))[identity(problem)] for problems in (before, after))
        assert now < was, (problem, after)
        assert not errors(after) - errors(before), (problem, errors(after) - errors(before), after)
        codes.append(problem["code"])
    return codes


def readable(path):
    try:
        return isinstance(read(path), dict)
    except yaml.YAMLError:
        return False


@pytest.mark.parametrize("path", [p for p in WRONG if readable(p)], ids=lambda path: path.stem)
def test_fixes_of_wrong_documents(path):
    apply_each(read(path))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_fixes_of_right_documents(path):
    apply_each(read(path))


def all_fixed(document):
    """With one fix after the other."""
    for _ in range(20):
        fixes = [p["fix"] for p in check(document) if "fix" in p]
        if not fixes:
            return document
        document = patched(document, fixes[0])
    pytest.fail("fixes bring further ones without end")


@pytest.mark.parametrize("path", [p for p in WRONG if readable(p)], ids=lambda path: path.stem)
def test_fixing_comes_to_an_end(path):
    document = read(path)
    assert not any("fix" in p for p in check(all_fixed(document)))


# ---- one thing broken in a document that is right


def tasks_of(document):
    return document["implementation"]["graph"]["tasks"]


def references(node):
    if isinstance(node, dict):
        for kind in ("taskOutput", "graphInput"):
            if isinstance(node.get(kind), dict):
                yield node[kind]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def slip(pick, name):
    at = pick.randrange(len(name))
    return pick.choice([name[:at] + name[at + 1 :], name + "s", name.upper(), name.replace(" ", "_") + "x"])


def break_reference(field):
    def broken(pick, document):
        found = [r for r in references(tasks_of(document)) if field in r]
        if found:
            one = pick.choice(found)
            one[field] = slip(pick, one[field])

    return broken


def in_task(change):
    def broken(pick, document):
        change(pick, document, pick.choice(list(tasks_of(document).values())))

    return broken


def annotate(key, value):
    return in_task(lambda pick, document, task: task.setdefault("annotations", {}).update({HUB + key: value(pick, document)}))


def a_task(pick, document):
    return pick.choice(list(tasks_of(document)))


@in_task
def misspelt_argument(pick, document, task):
    if task["arguments"]:
        key = pick.choice(list(task["arguments"]))
        task["arguments"][slip(pick, key)] = task["arguments"].pop(key)


@in_task
def further_argument(pick, document, task):
    task["arguments"]["nobody knows this one"] = pick.choice(["x", {"graphInput": {"inputName": "text"}}])


@in_task
def retries(pick, document, task):
    task["executionOptions"] = {"retryStrategy": {"maxRetries": pick.choice([-1, 1001, "5000"])}}


@in_task
def retries_and_on_error(pick, document, task):
    task["executionOptions"] = {"retryStrategy": {"maxRetries": 2}}
    task["annotations"][HUB + "on-error"] = "continue"


@in_task
def handler_that_waits(pick, document, task):
    task["annotations"] = {HUB + "exit-handler": True, HUB + "depends-on": [a_task(pick, document)]}


@in_task
def circle(pick, document, task):
    first, *_, last = [*tasks_of(document)] * 2
    tasks_of(document)[first]["annotations"][HUB + "depends-on"] = [last]
    tasks_of(document)[last]["annotations"][HUB + "depends-on"] = [first]


@in_task
def itself(pick, document, task):
    name = next(name for name, one in tasks_of(document).items() if one is task)
    task["annotations"][HUB + "depends-on"] = pick.choice([[name], json.dumps([name])])


@in_task
def twice(pick, document, task):
    others = [name for name, one in tasks_of(document).items() if one is not task]
    task["annotations"][HUB + "depends-on"] = [pick.choice(others)] * 2 if others else []


def implied(pick, document):
    echo = {"name": "starter/echo"}
    tasks_of(document)["maker"] = {"componentRef": echo}
    tasks_of(document)["taker"] = {
        "componentRef": echo, "arguments": {"text": {"taskOutput": {"taskId": "maker", "outputName": "output"}}},
        "annotations": {HUB + "depends-on": ["maker"]},
    }


@in_task
def constant(pick, document, task):
    task.update(componentRef={"name": "starter/wait"}, annotations={}, arguments={"seconds": pick.choice(["7.0", " 7 "])})


@in_task
def operator(pick, document, task):
    task["isEnabled"] = {pick.choice(["=", "<>"]): {"op1": {"graphInput": {"inputName": "text"}}, "op2": "x"}}


@in_task
def shape(pick, document, task):
    task.update(componentRef={"name": "starter/echo"}, annotations={}, arguments={"text": pick.choice([["a", 1], None])})


@in_task
def digest_that_is_none(pick, document, task):
    task["componentRef"]["digest"] = "sha256:abc"


@in_task
def caching(pick, document, task):
    task["executionOptions"] = {"cachingStrategy": {"maxCacheStaleness": "P7D"}}


@in_task
def dynamic_data(pick, document, task):
    task.update(componentRef={"name": "starter/echo"}, annotations={},
                arguments={"text": {"dynamicData": pick.choice(["system/pipelinerun.name", {"system/task.names": {}}])}})


def passed_as_a_file(pick, document):
    echo = {"name": "starter/echo"}
    tasks_of(document)["maker"] = {"componentRef": echo, "annotations": {HUB + "passing": {"output": "file"}}}
    tasks_of(document)["taker"] = {
        "componentRef": echo, "isEnabled": {"==": {"op1": {"taskOutput": {"taskId": "maker", "outputName": "output"}}, "op2": "x"}}
    }


def output_of_another_name(pick, document):
    values = document["implementation"]["graph"]["outputValues"]
    if "out" in values:
        values[pick.choice(["Out", "outs"])] = values.pop("out")


def missing(pick, document):
    component = {"name": "Needs", "inputs": [{"name": "Text", "type": "String"}],
                 "implementation": {"container": {"image": "busybox", "command": ["echo", {"inputValue": "Text"}]}}}
    tasks_of(document)["needs"] = {"componentRef": {"spec": component}}


def port_of(key, name):
    return lambda pick, document: document[key].append({"name": name})


BREAKAGES = {
    "unknown_task": break_reference("taskId"),
    "unknown_output": break_reference("outputName"),
    "unknown_graph_input": break_reference("inputName"),
    "unknown_argument": misspelt_argument,
    "unknown_argument ": further_argument,
    "invalid_retries": retries,
    "on_error_with_retries": retries_and_on_error,
    "exit_handler_order": handler_that_waits,
    "cycle": circle,
    "self_reference": itself,
    "redundant_depends_on": twice,
    "redundant_depends_on ": implied,
    "type_mismatch": constant,
    "condition_shape": operator,
    "argument_shape": shape,
    "unknown_output ": output_of_another_name,
    "missing_input": missing,
    "unused_input": port_of("inputs", "never used"),
    "output_without_value": port_of("outputs", "from nowhere"),
    "unknown_task ": annotate("depends-on", lambda pick, document: ["nobody", a_task(pick, document) + "s"]),
    "invalid_depends_on": annotate("depends-on", a_task),
    "invalid_timeout": annotate("timeout", lambda pick, document: pick.choice([90, "15"])),
    "invalid_on_error": annotate("on-error", lambda pick, document: pick.choice(["Continue", "stopAndFail"])),
    "invalid_passing": annotate("passing", lambda pick, document: {"output": "valu"}),
    "invalid_digest": digest_that_is_none,
    "passing_conflict": passed_as_a_file,
    "unknown_dynamic_data": dynamic_data,
    "unsupported_caching": caching,
    "unknown_annotation": annotate("depend-on", lambda pick, document: []),
}


@pytest.mark.parametrize("code", BREAKAGES, ids=str)
def test_fixes_of_what_was_broken(code):
    fixed = Counter()
    for seed in range(15):
        document = random_document(seed)
        for task in tasks_of(document).values():
            task.setdefault("annotations", {})
        BREAKAGES[code](random.Random(seed), document)
        fixed.update(apply_each(document))
    assert fixed[code.strip()] > 0, fixed
