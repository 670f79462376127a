"""What Trusted Resources sign, and v1beta1 as v1, against recorded bytes and against Tekton's own code.

Environment: as in test_lint_differential.py; CANONICAL_DOCUMENTS (1500) and LINT_SEED choose how many and which.
"""

import json
import os
import random
import subprocess
from pathlib import Path

import pytest
from changed_objects import ChangedObjects
from test_lint_differential import BINARY, ORACLE, SEED, Oracle, as_text

CORPUS = os.environ.get("CORPUS", "")
DOCUMENTS = int(os.environ.get("CANONICAL_DOCUMENTS", "1500"))
SIGNED = {"v1/Task", "v1/Pipeline", "v1beta1/Task", "v1beta1/Pipeline", "v1beta1/StepAction"}

TASK_WITH_LIMIT = """\
apiVersion: tekton.dev/v1
kind: Task
metadata: {name: t}
spec:
  steps:
  - image: i
"""

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=f"no binary at {BINARY}: make builds it")
needs_oracle = pytest.mark.skipif(not ORACLE.exists(), reason=f"no Tekton oracle at {ORACLE}: it needs Go")


def digest(files, *options):
    ran = subprocess.run([BINARY, "digest", *options, *files], capture_output=True, timeout=120)
    return ran.stdout.decode().splitlines(), ran.stderr.decode().splitlines(), ran.returncode


def write(folder, texts):
    files = [folder / f"{i}.yaml" for i in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, encoding="utf-8")
    return files


@pytest.mark.skipif(not CORPUS, reason="no CORPUS")
def test_recorded_forms_are_equal_byte_for_byte(tmp_path):
    rows = [json.loads(line) for line in (Path(CORPUS) / "tekton/canonical-vectors.jsonl").open(encoding="utf-8")]
    files = write(tmp_path, [json.dumps(row["input"]) for row in rows])
    forms, errors, code = digest(files, "--canonical")
    sums, _, _ = digest(files)
    assert (code, errors) == (0, [])
    equal = sum(form == row["canonical"] for form, row in zip(forms, rows, strict=True))
    same = sum(line.split()[0] == row["sha256"] for line, row in zip(sums, rows, strict=True))
    print(f"{equal} of {len(rows)} canonical forms equal, {same} digests")
    assert equal == same == len(rows) > 100
    older, _, _ = digest(files, "--canonical", "--created")
    for old, row in zip(older, rows, strict=True):
        assert '"creationTimestamp":null' in old
        if "ephemeral" not in old:
            assert old.replace(',"creationTimestamp":null', "", 1) == row["canonical"]


def test_tektons_own_example_has_its_digest_in_both_forms(tmp_path):
    """The task whose hashes Tekton's unit test of Checksum states."""
    task = {
        "apiVersion": "tekton.dev/v1",
        "kind": "Task",
        "metadata": {"name": "task", "namespace": "task-ns", "labels": {"label": "foo"}, "annotations": {"foo": "bar"}},
        "spec": {"steps": [{"name": "echo", "image": "ubuntu"}]},
    }
    files = write(tmp_path, [json.dumps(task)])
    new, _, _ = digest(files)
    old, _, _ = digest(files, "--created")
    assert new == ["64834bae53428435fe0a63876fb1627201fb953eaa11a54f6263593c16157aeb  Task/task"]
    assert old == ["0cf41a775529eaaa55ff115eebe5db01a3b6bf2f4b924606888736274ceb267a  Task/task"]


@needs_oracle
def test_forms_of_changed_objects_are_those_of_tektons_code(tmp_path):
    objects, oracle = ChangedObjects(SEED), Oracle("alpha", "-forms")
    texts, theirs = [], []
    while len(texts) < DOCUMENTS:
        for thing in objects.take(100):
            if f"{thing.get('apiVersion')}/{thing.get('kind')}".removeprefix("tekton.dev/") not in SIGNED:
                continue
            text = as_text(objects.draw, thing)
            their = oracle.verdict(text).get("canonical", "")
            if their:
                texts.append(text)
                theirs.append(their)
    oracle.close()
    files = write(tmp_path, texts)
    ours, _, _ = digest(files, "--canonical")
    if len(ours) != len(files):  # which one has none?
        ours = ["\n".join(sum(digest([file], "--canonical")[:2], [])) for file in files]
    wrong = [(t, o, text) for t, o, text in zip(theirs, ours, texts, strict=True) if t != o]
    print(f"seed {SEED}: {len(texts) - len(wrong)} of {len(texts)} canonical forms equal")
    for i, (their, our, text) in enumerate(wrong):
        (tmp_path / f"differs-{i}").write_text(f"{their}\n{our}\n{text}", encoding="utf-8")
    assert not wrong, "\n".join(wrong[0])


def quantities(draw):
    whole = draw.choice(["", "0", "00", "1", "7", "8", "10", "100", "1000", "1024", "2048", "1536", "123456789", "9" * 19])
    whole = draw.choice([whole, str(draw.randrange(10 ** draw.randrange(1, 25)))])
    fraction = draw.choice(["", "", ".", ".0", ".5", ".25", ".000", ".125", ".0000000001", ".1234567891234", ".999999999999"])
    suffix = draw.choice(["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"])
    suffix = draw.choice([suffix, suffix, "e3", "E2", "e-3", "e+1", "e10", "e-12", "e21"])
    return draw.choice(["", "", "+", "-"]) + whole + fraction + suffix


@needs_oracle
def test_quantities_are_canonical_as_kubernetes_has_them(tmp_path):
    draw, oracle = random.Random(SEED), Oracle("beta", "-forms")
    texts, theirs = [], []
    while len(texts) < DOCUMENTS:
        amount = quantities(draw)
        quoted = draw.choice([json.dumps(amount), amount])
        text = TASK_WITH_LIMIT + f"    computeResources: {{limits: {{cpu: {quoted}}}}}\n"
        their = oracle.verdict(text).get("canonical", "")
        if their:
            texts.append(text)
            theirs.append(their)
    oracle.close()
    ours, _, _ = digest(write(tmp_path, texts), "--canonical")
    assert len(ours) == len(theirs)
    wrong = [(t, o, x) for t, o, x in zip(theirs, ours, texts, strict=True) if t != o]
    assert not wrong, "\n".join(wrong[0])
