"""Random graphs of starter and corpus components with every option, by seed: Tekton's own code accepts what they compile
to, twice compiled they are the same bytes, and every dependency that the document states is one of the manifest.

Environment: RANDOM_GRAPHS how many (1000), RANDOM_SEED the first seed (0); COMPONENT_HUB, TEKTON_ORACLE and CORPUS as
in test_compile_golden.py.
"""

import collections
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from random_graphs import Part, graph
from test_compile_golden import BINARY, CATALOG, PROBLEM, ROOT, oracle  # noqa: F401: a fixture

COUNT = int(os.environ.get("RANDOM_GRAPHS", "1000"))
FIRST = int(os.environ.get("RANDOM_SEED", "0"))
CORPUS = Path(os.environ.get("CORPUS") or ROOT.parent / "shared" / "corpus")

# What a document may be refused for that means well: the place does not exist on stock Tekton, or a value has to be
# known. Anything else that is refused fails the test.
REFUSED = {"unsupported_file_output", "too_large"}

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=f"no binary at {BINARY}: make builds it")


class Plain(yaml.CSafeDumper):
    """Writes the same component twice rather than referring to it."""

    def ignore_aliases(self, data):
        return True


def run(text):
    return subprocess.run([BINARY, "compile", "--catalog", CATALOG, "-"], input=text.encode(), capture_output=True,
                          timeout=60)


def errors(result):
    return [code for _, severity, code in PROBLEM.findall(result.stderr.decode()) if severity == "error"]


def compiles(part):
    """Alone, with inputs of the pipeline for all that it needs."""
    inputs = [p for p in part.inputs if not p.get("optional") and "default" not in p and p["name"] not in part.decisive]
    document = {
        "name": "Alone",
        "inputs": [{"name": p["name"], **({"type": p["type"]} if "type" in p else {})} for p in inputs],
        "implementation": {"graph": {"tasks": {"task": {
            "componentRef": {"text": part.text},
            "arguments": {p["name"]: {"graphInput": {"inputName": p["name"]}} for p in inputs}
            | {name: "true" for name in part.decisive},
        }}}},
    }
    return run(yaml.safe_dump(document, sort_keys=False)).returncode == 0


@pytest.fixture(scope="module")
def parts():
    files = sorted((CATALOG / "components").glob("*/component.yaml"))
    found = [Part(f"starter/{path.parent.name}", path.read_text(encoding="utf-8")) for path in files]
    for path in sorted((CORPUS / "component-v1").rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if "container" in (yaml.safe_load(text).get("implementation") or {}):
            found.append(Part(path.stem, text))
    usable = [part for part in found if not any(p.get("type") == "Secret" for p in part.inputs) and compiles(part)]
    assert len(usable) >= len(files) - 5
    return usable


def waits_for(manifest):
    """Tekton task → the Tekton tasks that it waits for."""
    spec = manifest["spec"]["pipelineSpec"]
    return {
        task["name"]: set(task.get("runAfter", [])) | set(re.findall(r"\$\(tasks\.([^.]+)\.results", json.dumps(task)))
        for task in spec["tasks"]
    }


def is_behind(edges, task, targets):
    seen, todo = set(), [task]
    while todo:
        for other in edges.get(todo.pop(), ()):
            if other in targets:
                return True
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return False


def check_dependencies(manifest, edges):
    """Each task of the document became one or several of Tekton's, below its path: of those that the second became, at
    least one waits for one of the first."""
    names = json.loads(manifest["metadata"]["annotations"]["component-hub.dev/names"])["tasks"]
    became = collections.defaultdict(set)
    for tekton, about in names.items():
        top = re.sub(r"\[(\d+|\*)\]$", "", about["path"].split("/")[0])
        became[top.replace("~1", "/").replace("~0", "~")].add(tekton)
    waiting = waits_for(manifest)
    for before, after in edges:
        behind = [is_behind(waiting, task, became[before]) for task in became[after]]
        assert any(behind), f"{after} does not wait for {before}: {became[after]} for {became[before]}"


def test_random_graphs(parts, oracle):  # noqa: F811
    refused = collections.Counter()
    for seed in range(FIRST, FIRST + COUNT):
        document, edges = graph(parts, seed)
        text = yaml.dump(document, Dumper=Plain, allow_unicode=True, sort_keys=False, width=10**6)
        once, twice = run(text), run(text)
        shown = f"RANDOM_SEED={seed} RANDOM_GRAPHS=1\n{text}\n{once.stderr.decode()}"
        assert (once.returncode, once.stdout, once.stderr) == (twice.returncode, twice.stdout, twice.stderr), shown
        assert once.returncode in (0, 1), shown
        if once.returncode == 1:
            codes = set(errors(once))
            assert codes and codes <= REFUSED, shown
            refused.update(codes)
            continue
        verdicts = oracle(once.stdout.decode())
        assert [v["verdict"] for v in verdicts] == ["accepted"], f"{shown}{verdicts}"
        check_dependencies(yaml.load(once.stdout, Loader=yaml.CSafeLoader), edges)
    print(f"\nrandom graphs {COUNT} objects of {len(parts)} components from seed {FIRST}, refused: {dict(refused)}")
    assert sum(refused.values()) < COUNT / 5
