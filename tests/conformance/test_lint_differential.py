"""The linter against Tekton's own admission code on objects that are changed at random: the same verdict for each.

Environment: COMPONENT_HUB = the binary (build/release/component-hub), TEKTON_ORACLE = the oracle of
tests/conformance/tekton (build/tekton-oracle), CORPUS for more documents to start from, LINT_DOCUMENTS how many
(2000), LINT_SEED which (a number; the same one gives the same documents).
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml
from changed_objects import ROOT, ChangedObjects

BINARY = Path(os.environ.get("COMPONENT_HUB", ROOT / "build/release/component-hub"))
ORACLE = Path(os.environ.get("TEKTON_ORACLE", ROOT / "build/tekton-oracle"))
DOCUMENTS = int(os.environ.get("LINT_DOCUMENTS", "2000"))
SEED = int(os.environ.get("LINT_SEED", "20260131"))
GATES = ["stable", "beta", "alpha"]
BATCH = 200
Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

pytestmark = [
    pytest.mark.skipif(not BINARY.exists(), reason=f"no binary at {BINARY}: make builds it"),
    pytest.mark.skipif(not ORACLE.exists(), reason=f"no Tekton oracle at {ORACLE}: it needs Go"),
]


class Oracle:
    def __init__(self, gate, *options):
        self.process = subprocess.Popen(
            [ORACLE, "-gate", gate, *options, "-serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def verdict(self, text):
        self.process.stdin.write(json.dumps({"text": text}) + "\n")
        self.process.stdin.flush()
        (only,) = json.loads(self.process.stdout.readline())
        return only

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=30) == 0


def as_text(draw, thing):
    """One as JSON, which keeps its numbers, the next as YAML, which does not."""
    if draw.random() < 0.5:
        return json.dumps(thing, ensure_ascii=False, separators=(",", ":"))
    return yaml.dump(thing, Dumper=Dumper, allow_unicode=True, sort_keys=False)


def our_documents(texts, gate, folder):
    names = []
    for i, text in enumerate(texts):
        file = folder / f"{i}.yaml"
        file.write_text(text, encoding="utf-8")
        names.append(file)
    command = [BINARY, "lint", "--tekton-only", "--format", "json", "--gate", gate, *names]
    ran = subprocess.run(command, capture_output=True, timeout=120)
    assert ran.returncode in (0, 1, 2), ran.stderr
    return json.loads(ran.stdout)


def comparable(their):
    """Writing a parameter without a value fails after admission, and a YAML text may be no YAML: not Tekton's rules."""
    message = their["message"]
    return "impossible ParamValues.Type" not in message and not message.startswith("error converting YAML to JSON")


def test_objects_changed_at_random_get_tektons_verdict(tmp_path):
    objects = ChangedObjects(SEED)
    oracles = {gate: Oracle(gate) for gate in GATES}
    seen, wrong, left_out = {}, [], 0
    for first in range(0, DOCUMENTS, BATCH):
        gate = objects.draw.choice(GATES)
        things = list(objects.take(min(BATCH, DOCUMENTS - first)))
        texts = [as_text(objects.draw, thing) for thing in things]
        for text, our in zip(texts, our_documents(texts, gate, tmp_path), strict=True):
            their = oracles[gate].verdict(text)
            if not comparable(their):
                left_out += 1
                continue
            seen[their["verdict"]] = seen.get(their["verdict"], 0) + 1
            ours = our["documents"][0]["verdict"] if our["documents"] else f"unreadable: {our['problems']}"
            if ours != their["verdict"]:
                wrong.append(f"{gate}: {ours}, not {their['verdict']}: {their['message']}\n{text}\n{our['problems']}")
    for oracle in oracles.values():
        oracle.close()
    print(f"seed {SEED}: {seen}, {left_out} left out, {len(wrong)} differ")
    for i, text in enumerate(wrong):
        (tmp_path / f"differs-{i}").write_text(text, encoding="utf-8")
    assert not wrong, f"{len(wrong)} of {DOCUMENTS} differ (seed {SEED})\n" + "\n".join(wrong[:5])
    assert len(seen) == 3 and min(seen.values()) > DOCUMENTS // 25, seen
