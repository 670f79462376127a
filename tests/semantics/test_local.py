"""Random documents run by `component-hub run`, each against what the document means (meaning.py).

Fixed seeds always, and some fresh ones: SEED chooses them, a failed test prints the document. The same on a real Tekton:
tests/cluster/test_semantics.py. Environment: COMPONENT_HUB = the binary (the sanitizer build), JOBS = runs at a time.
"""

import concurrent.futures
import json
import os
import random
import subprocess
from pathlib import Path

import pytest
import yaml

from random_documents import document, readable, text_of
from meaning import STOPPED, Run, Seen, differences

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("COMPONENT_HUB", ROOT / "build/sanitize/component-hub")).resolve()
FIRST = int(os.environ.get("SEED", 0)) or random.SystemRandom().randrange(10**6, 10**9)
SEEDS = [*range(1, 41), *range(FIRST, FIRST + 10)]
ENDS = {"succeeded": "succeeded", "failed": "failed", "timed_out": "failed", "skipped": "skipped"}
NOT_STARTED = "StoppingSkip"


def command(verb, path, parameters, *options):
    given = [o for name, text in parameters.items() for o in ("-p", f"{name}={text}")]
    done = subprocess.run([BINARY, verb, *options, *given, path], capture_output=True, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def names_of(manifest):
    """What the document calls tasks (but not those that compute conditions or collect) and results."""
    annotation = yaml.safe_load(manifest)["metadata"]["annotations"]["component-hub.dev/names"]
    names = json.loads(annotation)
    own = {tekton: task["path"] for tekton, task in names["tasks"].items() if "condition_of" not in task
           and "[*]/" not in task["path"]}
    return own, names["results"]


def seen_of(events, tasks, results):
    """What the events of `component-hub run --output json` show."""
    logs, states, run = {}, {}, None
    for event in events:
        if event.get("task", next(iter(tasks))) not in tasks:
            continue
        path = tasks.get(event.get("task"))
        if "matrix_index" in event:
            path += f"[{event['matrix_index']}]"
        if event["event"] == "log":
            key = path, event["attempt"]
            logs[key] = logs.get(key, "") + event["data"]
        elif event["event"] == "attempt":
            logs.setdefault((path, event["attempt"]), "")
        elif event["event"] == "task" and event["state"] in ENDS:
            states[path] = event
        elif event["event"] == "run":
            run = event
    seen = {}
    for path, event in states.items():
        attempts = [logs[key] for key in sorted(logs) if key[0] == path]
        state = ENDS[event["state"]]
        if event["reason"] == NOT_STARTED:
            state = STOPPED
        seen[path] = Seen(state, attempts, event["reason"] == "WhenExpressionsSkip")
    said = {results[name]: text for name, text in run.get("results", {}).items()}
    return Run(run["state"] == "succeeded", said, seen)


def run(seed, folder):
    """(document, parameters, what was seen, what was printed)"""
    made, parameters = document(seed)
    path = folder / f"{seed}.yaml"
    path.write_text(text_of(made), encoding="utf-8")
    code, manifest, said = command("compile", path, parameters)
    assert code == 0, f"{said}\n{readable(made, parameters)}"
    code, output, said = command("run", path, parameters, "--output", "json", "--state-dir", folder)
    assert code in (0, 1), said
    events = [json.loads(line) for line in output.splitlines()]
    assert any(event["event"] == "run" for event in events), f"{said}\n{readable(made, parameters)}"
    return made, parameters, seen_of(events, *names_of(manifest)), output


@pytest.fixture(scope="module")
def runs(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("semantics")
    folder.chmod(0o755)
    chosen = [item.callspec.params["seed"] for item in request.session.items
              if item.function is test_a_run_does_what_its_document_means]
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("JOBS", 2))) as pool:
        yield {seed: pool.submit(run, seed, folder) for seed in chosen}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_does_what_its_document_means(seed, runs):
    made, parameters, seen, output = runs[seed].result()
    wrong = differences(made, parameters, seen)
    assert not wrong, "\n".join(wrong) + f"\n{readable(made, parameters)}\n{output}"
