"""`component-hub run` on PipelineRuns that others wrote: each is really run, in the real sandbox.

run/pipelineruns.json lists every PipelineRun of the two collections, by file: `outcome` and what the output `says`
where it needs only a shell or Python, else the `reason` why it is not run here; `refused` is the code that the engine
gives for it. `runs` counts the PipelineRuns of a file.

Environment: COMPONENT_HUB = the binary (build/release/component-hub), CORPUS = the folder of other people's files.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BINARY = Path(os.environ.get("COMPONENT_HUB", ROOT / "build/release/component-hub")).resolve()
CORPUS = Path(os.environ.get("CORPUS", ROOT.parent / "shared" / "corpus"))
TABLE = json.loads((HERE / "run" / "pipelineruns.json").read_text())
REASONS = {"alpha feature", "cluster", "custom task", "image entry point", "image tool", "network"}
EXIT = {"succeeded": {0}, "failed": {1}, "either": {0, 1}}

pytestmark = [
    pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}"),
    pytest.mark.skipif(not BINARY.exists(), reason=f"no binary at {BINARY}: make builds it"),
]


def examples():
    with open(CORPUS / "tekton" / "example-verdicts.jsonl") as lines:
        return {d["file"]: d["yaml"] for d in map(json.loads, lines)}


def text_of(row):
    if row["from"] == "kfp-tekton":
        return (CORPUS / "kfp-tekton-pipelineruns" / row["file"]).read_text()
    return examples()[row["file"]]


def count_runs(text):
    return sum(1 for d in yaml.safe_load_all(text) if d and d.get("kind") == "PipelineRun")


def run(row, tmp_path, *options, timeout=300):
    path = tmp_path / "run.yaml"
    path.write_text(text_of(row))
    done = subprocess.run(
        [BINARY, "run", *options, path], stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False
    )
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def rows(key):
    return [pytest.param(row, id=Path(row["file"]).stem) for row in TABLE if key in row]


@pytest.mark.parametrize("row", rows("outcome"))
def test_it_runs_to_the_outcome_that_it_announces(row, tmp_path):
    code, output = run(row, tmp_path)
    assert code in EXIT[row["outcome"]], output[-3000:]
    for line in row["says"]:
        assert line in output, output[-3000:]


@pytest.mark.parametrize("row", rows("refused"))
def test_what_only_a_cluster_can_run_is_refused_before_it_starts(row, tmp_path):
    code, output = run(row, tmp_path, timeout=30)
    assert code == 1
    assert f"[{row['refused']}]" in output
    assert "hint:" in output
    assert ": running" not in output


def test_every_pipelinerun_of_the_collections_is_in_the_table():
    found = {("tekton", name): count_runs(text) for name, text in examples().items()}
    for path in (CORPUS / "kfp-tekton-pipelineruns").glob("*.yaml"):
        found["kfp-tekton", path.name] = count_runs(path.read_text())
    listed = {(row["from"], row["file"]): row["runs"] for row in TABLE}
    assert listed == {key: n for key, n in found.items() if n}
    for row in TABLE:
        assert row.get("outcome") in EXIT or row["reason"] in REASONS, row


def test_at_least_thirty_are_run():
    assert sum(row["runs"] for row in TABLE if "outcome" in row) >= 30
