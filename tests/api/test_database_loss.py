"""The database goes away, for a moment or for longer, and comes back: what is read is read again, what was
acknowledged is there, what runs goes on, and nobody has to restart anything.
"""

import signal
import threading
import time

import pytest
import requests

from documents import component, fresh, script_pipeline, text_of
from watching import Events, logs, wait_for


class Hammer:
    """Threads that read and write all the time, and note what they were told."""

    def __init__(self, hub, readers, writers):
        self.hub = hub
        self.stop = threading.Event()
        self.read, self.unread, self.acknowledged, self.refused = 0, [], [], []
        self.path = (
            "/api/v1/assets/default/component/" + hub.publish(text_of(component(fresh()))).json()["name"]
        )
        self.threads = [threading.Thread(target=self._read) for _ in range(readers)]
        self.threads += [threading.Thread(target=self._write) for _ in range(writers)]

    def _read(self):
        with requests.Session() as session:
            while not self.stop.is_set():
                answer = session.get(self.hub.url(self.path), timeout=30)
                if answer.status_code == 200:
                    self.read += 1
                else:
                    self.unread.append(answer)

    def _write(self):
        while not self.stop.is_set():
            name = fresh("kept")
            answer = self.hub.publish(text_of(component(name)))
            if answer.status_code == 201:
                self.acknowledged.append(name)
            else:
                self.refused.append(answer)

    def __enter__(self):
        for each in self.threads:
            each.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for each in self.threads:
            each.join()

    def goes_on(self, reads=50, writes=5):
        """Waits for further answers."""
        read, written = self.read, len(self.acknowledged)
        wait_for(lambda: self.read > read + reads, "reads to go on")
        wait_for(lambda: len(self.acknowledged) > written + writes, "writes to go on")


def says_try_again(answer):
    assert answer.status_code == 503, (answer.status_code, answer.text)
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["code"]


def kill_connections(hub):
    """Ends every connection to the hub's database; gives how many there were."""
    return int(
        hub.postgres.sql(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity "
            f"where datname = '{hub.database_name}'"
        )
    )


def is_there(hub, name):
    return hub.get(f"/api/v1/assets/default/component/{name}").status_code == 200


def test_connections_that_are_killed_cost_readers_nothing_and_writers_no_lies(make_hub):
    hub = make_hub()
    with Hammer(hub, readers=6, writers=2) as hammer:
        hammer.goes_on()
        for _ in range(8):
            assert kill_connections(hub) >= 2
            hammer.goes_on()
    for answer in hammer.unread + hammer.refused:
        says_try_again(answer)
    assert len(hammer.unread) <= hammer.read / 200, f"{len(hammer.unread)} of {hammer.read} reads failed"
    assert len(hammer.acknowledged) > 40
    assert [name for name in hammer.acknowledged if not is_there(hub, name)] == []
    assert hub.stop() == 0


def test_events_and_runs_go_on_over_connections_that_were_killed(make_hub, launch):
    hub = make_hub()
    events = Events(hub, "assets,runs")
    run = launch(script_pipeline("for i in 1 2 3 4 5 6 7 8; do echo line $i; sleep 0.25; done"), hub=hub)[
        "id"
    ]
    names = []
    for _ in range(4):
        wait_for(lambda: kill_connections(hub), "connections")
        name = fresh("told")
        wait_for(
            lambda name=name: hub.publish(text_of(component(name))).status_code in (200, 201), "publishing"
        )
        names.append(name)
    ended = hub.wait_run(run)
    assert ended["state"] == "succeeded", ended
    assert logs(hub, run, task="work") == b"".join(b"line %d\n" % i for i in range(1, 9))
    for name in names:
        events.wait(lambda e, name=name: e["payload"].get("name") == name and e["topic"] == "assets", 20)
    events.wait(lambda e: e["payload"].get("id") == run and e["payload"]["state"] == "succeeded", 20)
    events.close()
    keys = [tuple(map(int, e["id"].split("."))) for e in events.seen]
    assert keys == sorted(set(keys))


# ---- a server that is gone for longer


@pytest.fixture(scope="module")
def server(postgres, place):
    """A PostgreSQL that may be stopped."""
    server = type(postgres)(place, "postgres-to-stop")
    yield server
    server.stop("immediate")


@pytest.fixture
def lost(hub, server, place):
    """A hub on it, with one component."""
    made = type(hub)(place, server, fresh("lost"))
    made.command("migrate")
    made.start()
    made.publish(text_of(component("stays")))
    yield made
    made.stop(signal.SIGKILL)


def test_without_a_database_it_says_try_again_and_recovers_by_itself(lost, server):
    server.stop("immediate")
    try:
        wait_for(lambda: lost.get("/readyz").status_code == 503, "the hub to notice")
        for path in ("/api/v1/assets", "/api/v1/assets/default/component/stays", "/api/v1/runs"):
            says_try_again(lost.get(path))
        says_try_again(lost.publish(text_of(component("refused"))))
        says_try_again(lost.post("/api/v1/runs", json={"document": script_pipeline("true")}))
        assert lost.get("/healthz").status_code == 200
        assert lost.get("/metrics").status_code == 200
        assert lost.get("/").status_code == 200
    finally:
        server.start()
    wait_for(lambda: lost.get("/readyz").status_code == 200, "the hub to recover")
    assert is_there(lost, "stays") and not is_there(lost, "refused")

    def published():
        answer = lost.publish(text_of(component("later")))
        return answer.status_code == 201 or says_try_again(answer)

    wait_for(published, "publishing to go on", 5)
    assert lost.stop() == 0


def test_a_run_goes_on_while_the_database_is_away_and_loses_no_line(lost, server, launch):
    script = "for i in $(seq 1 40); do echo line $i; sleep 0.1; done"
    run = launch(script_pipeline(script), hub=lost)["id"]
    wait_for(lambda: b"line 5\n" in logs(lost, run), "the first lines")
    followed = []

    def follow():
        url = lost.url(f"/api/v1/runs/{run}/logs?task=work&follow=true")
        with requests.get(url, stream=True, timeout=60) as answer:
            followed.extend(answer.iter_lines(chunk_size=1))

    follower = threading.Thread(target=follow)
    follower.start()
    wait_for(lambda: followed, "the first line")
    server.stop("immediate")
    try:
        wait_for(lambda: lost.get("/readyz").status_code == 503, "the hub to notice")
    finally:
        server.start()
    wait_for(lambda: lost.get("/readyz").status_code == 200, "the hub to recover")
    assert lost.wait_run(run, timeout=60)["state"] == "succeeded"
    expected = [b"line %d" % i for i in range(1, 41)]
    assert logs(lost, run, task="work").splitlines() == expected
    follower.join(30)
    assert followed == expected


def test_a_hub_can_start_before_its_database(lost, server):
    assert lost.stop() == 0
    server.stop("immediate")
    try:
        lost.start(wait_ready=False)
        assert lost.get("/healthz").status_code == 200
        assert lost.get("/readyz").status_code == 503
        says_try_again(lost.get("/api/v1/assets"))
    finally:
        server.start()
    wait_for(lambda: lost.get("/readyz").status_code == 200, "the hub to recover")
    assert is_there(lost, "stays")


def test_stopping_does_not_wait_for_a_database_that_is_gone(lost, server):
    server.stop("immediate")
    try:
        wait_for(lambda: lost.get("/readyz").status_code == 503, "the hub to notice")
        before = time.monotonic()
        lost.stop()
        assert time.monotonic() - before < 15
    finally:
        server.start()
