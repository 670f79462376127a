"""Small steps that the API tests share."""

import json
import os
import subprocess

import pytest

import documents


@pytest.fixture
def launch(hub):
    """launch(document, hub=…, parameters=…, …) starts a run of a document and gives the answer."""
    shared = hub

    def start(document, hub=None, **more):
        hub = hub or shared
        body = {"document": documents.text_of(document) if isinstance(document, dict) else document, **more}
        answer = hub.post("/api/v1/runs", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return start


@pytest.fixture
def finish(hub, launch):
    """finish(document, …): launches it and waits for its end."""
    shared = hub

    def run(document, hub=None, **more):
        return (hub or shared).wait_run(launch(document, hub=hub, **more)["id"])

    return run


@pytest.fixture
def publish(hub):
    """publish(document, expect=201, **query): publishes on the shared hub and gives the version."""

    def send(document, expect=201, **query):
        answer = hub.publish(documents.text_of(document) if isinstance(document, dict) else document, **query)
        assert answer.status_code == expect, answer.text
        return answer.json()

    return send


@pytest.fixture
def verdicts_of_tekton():
    """verdicts_of_tekton(path): what Tekton's own code says of each document, "accepted" or why not."""
    oracle = os.environ.get("TEKTON_ORACLE")
    if not oracle:
        assert os.environ.get("CI") != "true", "CI needs TEKTON_ORACLE, a program with Tekton's own code"
        pytest.skip("no TEKTON_ORACLE: Tekton's own code was not asked")

    def ask(path):
        done = subprocess.run([oracle, "-gate", "beta", str(path)], capture_output=True, text=True)
        said = [json.loads(line) for line in done.stdout.splitlines()]
        return ["accepted" if each["verdict"] == "accepted" else each["message"] for each in said]

    return ask
