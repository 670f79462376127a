"""Loops on this machine: documents compile/documents/loop-*.yaml come out with `component-hub run` as their comments
say, which is what they do on a real Tekton too (tests/cluster/test_goldens.py explains the comments).

Environment: COMPONENT_HUB = the binary (build/release/component-hub).
"""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "catalog" / "starter"
BINARY = Path(os.environ.get("COMPONENT_HUB", ROOT / "build/release/component-hub")).resolve()
DOCUMENTS = sorted((ROOT / "tests/conformance/compile/documents").glob("loop-*.yaml"))

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=f"no binary at {BINARY}: make builds it")


def said(path, key):
    found = re.findall(rf"^# {key}: (.*)$", path.read_text(encoding="utf-8"), re.M)
    return found[0] if found else ""


def call(command, path, *options):
    parameters = re.findall(r"^# params: (.*)$", path.read_text(encoding="utf-8"), re.M)
    given = [o for parameter in parameters for o in ("-p", parameter)]
    return subprocess.run(
        [BINARY, command, "--catalog", CATALOG, *given, *options, path],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
    )


def paths(path):
    """Tekton's names of tasks → those of the document."""
    manifest = yaml.safe_load(call("compile", path).stdout)
    names = json.loads(manifest["metadata"]["annotations"]["component-hub.dev/names"])
    return {name: task["path"] for name, task in names["tasks"].items()}


def listed(text):
    return {name.strip() for name in text.split(",")} - {""}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_it_comes_out_as_the_document_says(path):
    done = call("run", path, "--output", "json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    names = paths(path)
    ended = {e["task"]: e["state"] for e in events if e["event"] == "task" and e.get("matrix_index") is None}
    run = [e for e in events if e["event"] == "run"][-1]
    assert done.returncode == 0, done.stderr.decode()
    assert said(path, "outcome") == "Succeeded"
    assert {names[t] for t, state in ended.items() if state == "skipped"} == listed(said(path, "skipped"))
    assert {names[t] for t, state in ended.items() if state == "failed"} == listed(said(path, "failed"))
    assert run.get("results", {}) == (yaml.safe_load(said(path, "results") or "{}"))
    for task, text in (yaml.safe_load(said(path, "prints") or "{}")).items():
        printed = "".join(e.get("data", "") for e in events if e["event"] == "log" and names[e["task"]] == task)
        assert text in printed
