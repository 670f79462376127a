"""The random documents of tests/semantics on a real Tekton, each against what the document means (meaning.py there).

Environment: SEED chooses the fresh seeds, FIXED and FRESH how many there are of both.
"""

import os
import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "semantics"))
from meaning import STOPPED, Run, Seen, differences  # noqa: E402
from random_documents import document, readable, text_of  # noqa: E402
from test_goldens import compiled  # noqa: E402

FIRST = int(os.environ.get("SEED", 0)) or random.SystemRandom().randrange(10**6, 10**9)
SEEDS = [*range(1, 1 + int(os.environ.get("FIXED", 40))), *range(FIRST, FIRST + int(os.environ.get("FRESH", 10)))]
NOT_STARTED = "PipelineRun was stopping"
BY_CONDITION = "When Expressions evaluated to false"


def seen_of(finished):
    seen = {}
    for path, reason in finished.skipped.items():
        state = STOPPED if reason == NOT_STARTED else "skipped"
        seen[path] = Seen(state, by_condition=reason == BY_CONDITION)
    matrices = {task["name"] for task in finished.run["spec"]["pipelineSpec"]["tasks"] if "matrix" in task}
    for task_run in finished.task_runs:
        name, task = task_run["metadata"]["name"], task_run["metadata"]["labels"]["tekton.dev/pipelineTask"]
        path = finished.path(task)
        if task in matrices:
            path += f"[{finished.of(path).index(task_run)}]"
        failed = any(c["type"] == "Succeeded" and c["status"] == "False" for c in task_run["status"]["conditions"])
        attempts = range(len(task_run["status"].get("retriesStatus", [])) + 1)
        logs = [finished.printed_by(name, attempt) for attempt in attempts]
        seen[path] = Seen("failed" if failed else "succeeded", logs)
    seen = {path: task for path, task in seen.items() if not finished.is_condition(path) and "[*]/" not in path}
    return Run(finished.outcome == "Succeeded", finished.results, seen)


@pytest.fixture(scope="module")
def finished(request, runs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("semantics")

    def manifest(seed):
        made, parameters = document(seed)
        path = folder / f"{seed}.yaml"
        path.write_text(text_of(made), encoding="utf-8")
        return compiled(path, [f"{name}={text}" for name, text in parameters.items()])

    chosen = [item.callspec.params["seed"] for item in request.session.items
              if item.function is test_a_run_does_what_its_document_means]
    return {seed: runs.submit(lambda seed=seed: manifest(seed)) for seed in chosen}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_does_what_its_document_means(seed, finished):
    made, parameters = document(seed)
    run = finished[seed].result()
    wrong = differences(made, parameters, seen_of(run))
    assert not wrong, "\n".join(wrong) + f"\n{readable(made, parameters)}\n{run.story()}"
