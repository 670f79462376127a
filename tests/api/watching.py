"""What watches a hub from outside: events, logs that are followed, processes on this machine, and waiting."""

import contextlib
import http.client
import json
import pathlib
import socket
import threading
import time


def wait_for(condition, what, timeout=30):
    """Calls it until it gives something true, and gives that."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {timeout} s in vain for {what}")


def processes_with(text):
    """Process ids whose command line has the text."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if text.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
    return found


class Events:
    """GET /api/v1/events on a thread: `seen` has the events, in the order in which they came."""

    def __init__(self, hub, topic, after=None):
        self.seen = []
        self._connection = http.client.HTTPConnection(hub.host, hub.port, timeout=60)
        self._connection.request(
            "GET", f"/api/v1/events?topic={topic}", headers={"Last-Event-ID": after} if after else {}
        )
        self._socket = self._connection.sock
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200
        assert self._answer.headers["Content-Type"].startswith("text/event-stream")
        self._greeted = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        assert self._greeted.wait(10), "the stream did not begin"

    def _read(self):
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
            while line := self._answer.readline():
                if line.startswith(b"data: "):
                    self.seen.append(json.loads(line[6:]))
                elif line == b"\n":
                    self._greeted.set()

    def wait(self, wanted, timeout=30):
        """The first event that `wanted` says yes to."""
        return wait_for(lambda: next((e for e in list(self.seen) if wanted(e)), None), "an event", timeout)

    def close(self):
        """Ends the connection at once: closing alone would wait for the reader."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


def logs(hub, run, **query):
    answer = hub.get(f"/api/v1/runs/{run}/logs", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/plain")
    return answer.content


def is_problem(answer, status, code):
    """A problem+json of that status and code; its body."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    body = answer.json()
    assert body["status"] == status and body["code"] == code, body
    assert body["title"] and body["detail"]
    return body


def tasks_of(run):
    return {t["name"]: t for t in run["tasks"]}


def states(run):
    return {t["name"]: t["state"] for t in run["tasks"]}
