"""Small steps that the API tests share."""

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
