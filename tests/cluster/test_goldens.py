"""Documents that are compiled for the golden files and the starter pipelines, run on a real Tekton.

Each document of tests/conformance/compile/documents says in comments at its top what must come out:

    # outcome: Succeeded             or Failed: the condition of the PipelineRun (skips are Succeeded)
    # skipped: a, outer/b            tasks that are skipped; no such line: none
    # failed: a                      tasks whose last attempt failed, tolerated or not; no such line: none
    # results: {name: value}         all results of the run, YAML in one line; no such line: not compared
    # prints: {task: text}           what must stand in the log of a task; a list for several texts
    # cluster: no – reason           instead of all these: the document names what a test cluster does not have

Tasks and results have the names of the document; a task of a nested pipeline is `outer/inner`, as the compiler's map of
names has it. Outcomes are certain: no document leaves anything to chance. `# params:` counts here as for the golden file.
That each document has its lines is tested in tests/conformance/test_compile_golden.py.
What a document names and does not bring (a claim, an account, a secret) stands in PROVIDED of conftest.py. Images:
busybox and python with any tag. Starter pipelines have their lines in STARTER below, as users see their text.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "catalog" / "starter"
BINARY = Path(os.environ.get("COMPONENT_HUB", ROOT / "build/release/component-hub")).resolve()
DOCUMENTS = sorted((ROOT / "tests/conformance/compile/documents").glob("*.yaml"))
KEYS = ("outcome", "skipped", "failed", "results", "prints", "cluster", "params")

STARTER = {
    "condition": """
        # params: lowest=2
        # params: highest=2
        # outcome: Succeeded
        # skipped: six
        # results: {number: "2"}""",
    "continue-on-error": """
        # outcome: Succeeded
        # failed: optional-check
        # results: {last_words: We went on.}""",
    "describe-dataset": """
        # outcome: Succeeded
        # results: {rows_left: "71"}""",
    "exit-handler": """
        # params: outcome=fail
        # outcome: Failed
        # failed: break
        # prints: {tell: INFO The pipeline has ended.}""",
    "flip-coin": """
        # params: face=tails
        # outcome: Succeeded
        # skipped: heads
        # results: {result: tails}""",
    "inline-group": """
        # params: text=abc
        # outcome: Succeeded
        # results: {digest: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad}""",
    "loop-over-list": """
        # outcome: Succeeded
        # results: {greetings: '["Hello Ada","Hello Grace","Hello Edsger"]', shown: '["red","7","{\\"depth\\":3}"]', lengths: '[4,6,7]'}""",
    "lightweight-python": """
        # outcome: Succeeded
        # results: {sum: "18.0", remainder: "5.0"}""",
    "nested": """
        # outcome: Succeeded
        # results: {summary: "Number of words: 4"}""",
    "parallel-join": """
        # params: maximum=1
        # outcome: Succeeded
        # prints: {greet: Hello}""",
    "retry-and-timeout": """
        # params: failure_percent=0
        # params: seconds=1
        # outcome: Succeeded
        # results: {message: It went well.}""",
    "sequential": """
        # outcome: Succeeded
        # results: {summary: "Number of words: 5"}""",
    "text-template": """
        # params: name="$5" $(date)
        # outcome: Succeeded
        # prints: {greet: 'Hello "$5" $(date), your number is ', sign: "-- Text Template, run text-template-"}""",
    "train-and-evaluate": """
        # params: epochs=20
        # outcome: Succeeded""",
    "train-with-quality-gate": """
        # params: minimum_accuracy=1.1
        # outcome: Succeeded
        # skipped: accept, announce
        # prints: {reject: The model did not pass, reject (condition): "true"}""",
}


def compiled(path, parameters):
    """The PipelineRun of a document; parameters: NAME=VALUE each."""
    options = [o for parameter in parameters for o in ("-p", parameter)]
    done = subprocess.run([BINARY, "compile", "--catalog", CATALOG, *options, path], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return yaml.safe_load(done.stdout)


class Case:
    """A document and what it says of itself."""

    def __init__(self, path):
        self.path, self.starter = path, path.name == "pipeline.yaml"
        self.name = f"starter/{path.parent.name}" if self.starter else path.stem
        text = STARTER.get(path.parent.name, "") if self.starter else path.read_text(encoding="utf-8")
        self.said = {key: re.findall(rf"^\s*# {key}: (.*)$", text, re.M) for key in KEYS}

    def one(self, key):
        values = self.said[key]
        assert len(values) <= 1, f"{self.name} has {len(values)} lines of `# {key}:`"
        return values[0] if values else None

    def tasks(self, key):
        return {task.strip() for task in (self.one(key) or "").split(",")} - {""}

    def mapping(self, key):
        return yaml.safe_load(self.one(key) or "null")

    @property
    def runs(self):
        return self.one("outcome") is not None

    def compile(self):
        return compiled(self.path, self.said["params"])


CASES = [Case(path) for path in [*DOCUMENTS, *sorted((CATALOG / "pipelines").glob("*/pipeline.yaml"))]]
RUN = [case for case in CASES if case.runs]


@pytest.fixture(scope="module")
def finished(request, runs):
    """finished(case): the run of it. All cases that were chosen are under way, a few at a time."""
    chosen = {item.callspec.params["case"].name for item in request.session.items
              if item.function is test_it_comes_out_as_the_document_says}
    futures = {case.name: runs.submit(case.compile) for case in RUN if case.name in chosen}
    return lambda case: futures[case.name].result()


@pytest.mark.parametrize("case", RUN, ids=lambda case: case.name)
def test_it_comes_out_as_the_document_says(case, finished):
    run = finished(case)
    story = run.story()
    assert run.outcome == case.one("outcome"), story
    assert set(run.skipped) == case.tasks("skipped"), story
    assert run.failed == case.tasks("failed"), story
    if case.said["results"]:
        assert run.results == case.mapping("results"), story
    for task, texts in (case.mapping("prints") or {}).items():
        for text in texts if isinstance(texts, list) else [texts]:
            assert text in run.log(task), story


def test_every_line_of_starter_pipelines_has_its_pipeline():
    assert set(STARTER) == {case.path.parent.name for case in CASES if case.starter}
