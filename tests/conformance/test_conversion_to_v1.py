"""v1beta1 as v1: the fix that lint gives for an old object is what Tekton's own conversion makes of it."""

import json
import subprocess

import pytest
from changed_objects import ChangedObjects, originals
from test_lint_differential import BINARY, ORACLE, SEED, Oracle

CONVERTED = ["Task", "TaskRun", "Pipeline", "PipelineRun"]
NOTES = ["tekton.dev/v1beta1Resources", "tekton.dev/v1beta1.task-deprecations"]  # for the way back, which is not ours

pytestmark = [
    pytest.mark.skipif(not BINARY.exists(), reason=f"no binary at {BINARY}: make builds it"),
    pytest.mark.skipif(not ORACLE.exists(), reason=f"no Tekton oracle at {ORACLE}: it needs Go"),
]


def bare(text):
    """What Go has written, without what only one side says: the type, status, notes, and v1beta1's managedBy."""
    written = json.loads(text)
    for field in ("kind", "apiVersion", "status"):
        written.pop(field, None)
    written["spec"].pop("managedBy", None)
    annotations = written.get("metadata", {}).get("annotations", {})
    for note in NOTES:
        annotations.pop(note, None)
    if not annotations:
        written.get("metadata", {}).pop("annotations", None)
    return written


def old_objects():
    for thing in originals():
        if thing["kind"] in CONVERTED and thing["apiVersion"] in ("tekton.dev/v1", "tekton.dev/v1beta1"):
            yield thing | {"apiVersion": "tekton.dev/v1beta1"}
    for thing in ChangedObjects(SEED).take(1500):
        if thing.get("apiVersion") == "tekton.dev/v1beta1" and thing.get("kind") in CONVERTED:
            yield thing


def fixes(things, folder):
    names = [folder / f"{i}.json" for i in range(len(things))]
    for name, thing in zip(names, things, strict=True):
        name.write_text(json.dumps(thing, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    command = [BINARY, "lint", "--gate", "alpha", "--format", "json", *names]
    for report in json.loads(subprocess.run(command, capture_output=True, timeout=120).stdout):
        found = [p.get("fix", [None])[0] for p in report["problems"] if p["code"] == "deprecated_version"]
        yield found[0]


def test_the_fix_of_an_old_object_is_tektons_conversion(tmp_path):
    oracle, things, wanted = Oracle("alpha", "-forms"), [], []
    for thing in old_objects():
        their = oracle.verdict(json.dumps(thing, ensure_ascii=False, separators=(",", ":")))
        if their["verdict"] == "accepted" and their.get("converted"):
            things.append(thing)
            wanted.append(bare(their["converted"]))
    wrong, without = [], 0
    for thing, want, fix in zip(things, wanted, fixes(things, tmp_path), strict=True):
        if not fix:
            without += 1
            continue
        assert fix["op"] == "replace" and fix["path"] == "" and fix["value"]["apiVersion"] == "tekton.dev/v1"
        ours = oracle.verdict(json.dumps(fix["value"], ensure_ascii=False, separators=(",", ":")))
        if not ours.get("converted") or bare(ours["converted"]) != want:
            wrong.append(f"{ours.get('converted')}\nwanted {json.dumps(want)}\n{json.dumps(thing)}\n{ours['message']}")
    oracle.close()
    print(f"seed {SEED}: {len(things) - len(wrong) - without} objects of v1beta1 converted alike, {len(wrong)} not")
    print(f"{without} would lose something, so that there is no fix")
    assert not wrong, wrong[0]
    assert len(things) - without > 20 and without < len(things) // 2
