"""What compiles to resources (`--as resources`) runs as the one PipelineRun does."""

import subprocess

import pytest
import yaml

from tekton import Refused
from test_goldens import BINARY, CASES, CATALOG

PATHS = {"Task": "tasks", "Pipeline": "pipelines"}


def resources(case):
    options = [o for parameter in case.said["params"] for o in ("-p", parameter)]
    done = subprocess.run([BINARY, "compile", "--as", "resources", "--catalog", CATALOG, *options, case.path],
                          check=True, capture_output=True, timeout=60)
    return list(yaml.safe_load_all(done.stdout))


@pytest.mark.parametrize("case", [c for c in CASES if c.name in ("conditions", "file-passing", "exit-handler")],
                         ids=lambda case: case.name)
def test_resources_run_as_the_inline_run_does(case, cluster, runs):
    *objects, run = resources(case)
    assert "pipelineSpec" not in run["spec"] and {o["kind"] for o in objects} == {"Task", "Pipeline"}
    for made in objects:
        try:
            cluster.create(f"/apis/tekton.dev/v1/namespaces/{runs.namespace}/{PATHS[made['kind']]}", made)
        except Refused as refused:  # another pipeline has the same Task: its name is that of its content
            assert "AlreadyExists" in str(refused)
    finished = runs.submit(run).result()
    assert finished.outcome == case.one("outcome"), finished.story()
    assert set(finished.skipped) == case.tasks("skipped"), finished.story()
