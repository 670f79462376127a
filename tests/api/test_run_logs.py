"""What a run says while it goes on: the logs of its steps, whole and followed, and server-sent events."""

import requests

from documents import component, pipeline, script_pipeline, task
from watching import Events, is_problem, logs


# ---- logs


def test_logs_are_told_apart_by_task_and_step(hub, finish):
    tasks = {
        "one": task(component("One", "echo 1; printf unfinished")),
        "two": task(component("Two", "echo 2")),
    }
    run = finish(pipeline("Talks", tasks))
    names = {t["name"]: [s["name"] for s in t["steps"]] for t in run["tasks"]}
    assert logs(hub, run["id"], task="one") == b"1\nunfinished"
    assert logs(hub, run["id"], task="two") == b"2\n"
    assert logs(hub, run["id"], task="two", step=names["two"][-1]) == b"2\n"
    everything = logs(hub, run["id"]).decode().splitlines()
    assert sorted(everything) == sorted(
        [
            f"[one : {names['one'][-1]}] 1",
            f"[one : {names['one'][-1]}] unfinished",
            f"[two : {names['two'][-1]}] 2",
        ]
    )
    is_problem(hub.get(f"/api/v1/runs/{run['id']}/logs?task=three"), 404, "task_not_found")
    is_problem(hub.get(f"/api/v1/runs/{run['id']}/logs?task=one&step=no"), 404, "step_not_found")
    assert hub.get(f"/api/v1/runs/{run['id']}/logs?follow=maybe").status_code == 422


def test_standard_error_is_part_of_the_log(hub, finish):
    run = finish(script_pipeline("echo out; echo err >&2; echo out again"))
    assert logs(hub, run["id"], task="work") == b"out\nerr\nout again\n"


def test_following_shows_lines_while_it_runs_and_ends_with_the_run(hub, launch):
    run = launch(script_pipeline("echo first; sleep 1.5; echo second"))["id"]
    with requests.get(hub.url(f"/api/v1/runs/{run}/logs?follow=true"), stream=True, timeout=30) as answer:
        lines = answer.iter_lines()
        assert next(lines).endswith(b"] first")
        assert hub.get(f"/api/v1/runs/{run}").json()["state"] == "running"
        assert next(lines).endswith(b"] second")
        assert list(lines) == []
    assert hub.wait_run(run)["state"] == "succeeded"


def test_following_one_task_ends_with_that_task(hub, launch):
    tasks = {
        "short": task(component("Short", "echo done")),
        "long": task(component("Long", "sleep 300"), depends_on=["short"]),
    }
    run = launch(pipeline("Two", tasks))["id"]
    assert logs(hub, run, task="short", follow="true") == b"done\n"
    assert hub.get(f"/api/v1/runs/{run}").json()["state"] == "running"
    hub.post(f"/api/v1/runs/{run}/cancel")
    assert logs(hub, run, task="long", follow="true") == b""
    hub.wait_run(run)


def test_ten_megabytes_of_log_are_complete(hub, finish):
    script = "seq 1 2000000 | head -c 10000000"
    run = finish(script_pipeline(script))
    expected = b"".join(b"%d\n" % i for i in range(1, 1500000))[:10000000]
    got = logs(hub, run["id"], task="work")
    assert len(got) == len(expected) and got == expected
    assert logs(hub, run["id"], task="work", follow="true") == expected


def test_bytes_that_are_no_text_come_as_they_were_written(hub, finish):
    run = finish(script_pipeline("printf '\\000\\377\\033[31m<script>alert(1)</script>\\r\\n'"))
    answer = hub.get(f"/api/v1/runs/{run['id']}/logs?task=work")
    assert answer.content == b"\0\xff\x1b[31m<script>alert(1)</script>\r\n"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


# ---- events


def test_events_tell_the_states_of_a_run_in_order(hub, launch):
    events = Events(hub, "runs")
    run = launch(script_pipeline("true"))["id"]
    hub.wait_run(run)
    events.wait(lambda e: e["payload"].get("id") == run and e["payload"]["state"] == "succeeded")
    events.close()
    seen = [e["payload"]["state"] for e in events.seen if e["payload"].get("id") == run]
    assert seen == ["pending", "running", "succeeded"]
    keys = [tuple(map(int, e["id"].split("."))) for e in events.seen]
    assert keys == sorted(set(keys))


def test_events_resume_after_the_last_one_that_was_seen(hub, launch):
    events = Events(hub, "runs")
    run = launch(script_pipeline("true"))["id"]
    hub.wait_run(run)
    events.wait(lambda e: e["payload"].get("id") == run and e["payload"]["state"] == "succeeded")
    events.close()
    mine = [e for e in events.seen if e["payload"].get("id") == run]
    missed = Events(hub, f"runs,run/{run}", after=mine[0]["id"])
    missed.wait(lambda e: e["id"] == mine[-1]["id"])
    missed.close()
    got = [e for e in missed.seen if e["topic"] == "runs" and e["payload"].get("id") == run]
    assert [e["id"] for e in got] == [e["id"] for e in mine[1:]]
    steps = [
        e["payload"] for e in missed.seen if e["topic"] == f"run/{run}" and e["payload"]["verb"] == "step"
    ]
    assert [s["state"] for s in steps][-1] == "succeeded" and steps[-1]["exit_code"] == 0


def test_events_of_one_run_are_only_of_that_run(hub, launch):
    run = launch(script_pipeline("sleep 1"))["id"]
    events = Events(hub, f"run/{run}")
    other = launch(script_pipeline("true"))["id"]
    hub.wait_run(other)
    hub.wait_run(run)
    events.wait(lambda e: e["payload"]["state"] == "succeeded" and e["payload"]["verb"] == "state")
    events.close()
    assert {e["payload"]["id"] for e in events.seen} == {run}
