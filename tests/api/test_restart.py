"""Runs that are under way when the hub is killed or stopped: they go on at its next start, where retries remain."""

import signal
import uuid

import pytest

from documents import ECHO, component, fresh, output, pipeline, task
from watching import logs, processes_with, wait_for

MAKE = component(
    "Make", 'echo made; head -c 100000 /dev/zero | tr "\\0" x > "$0"; printf kept > "$1"',
    outputs={"file": "Data", "word": "String"},
)  # fmt: skip
READ = component(
    "Read", 'echo begun; sleep 3; wc -c < "$0" | tr -d "\\n" > "$1"; echo done',
    {"file": "Data"}, {"Size Of It": "Integer"}, {"file"},
)  # fmt: skip
TELL = component("Tell", 'printf "%s %s" "$0" "$1" > "$2"', {"word": "String", "size": "Integer"}, {"text": "String"})


def three_tasks(**settings):
    """make → read, which takes its time → tell, with what both said; tidy at the end."""
    tasks = {
        "make": task(MAKE),
        "read": task(READ, {"file": output("make", "file")}, **settings),
        "tell": task(TELL, {"word": output("make", "word"), "size": output("read", "Size Of It")}),
        "tidy": task(component("Tidy", "echo tidied"), exit_handler=True),
    }
    return pipeline(fresh("Restart"), tasks, outputs={"text": ("tell", "text")})


def begin(hub, launch, document):
    run = launch(document, hub=hub)["id"]
    wait_for(lambda: b"begun" in logs(hub, run), "the second task to begin")
    return run


def tasks_of(run):
    return {t["name"]: t for t in run["tasks"]}


def folders(hub):
    """What runs left below the hub's state folder."""
    return hub.place.run("find", hub.state / "runs", "-mindepth", "2", "-name", "0*").stdout.split()


@pytest.mark.parametrize("ends_by", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_goes_on_with_the_next_attempt_of_what_was_under_way(make_hub, launch, ends_by):
    hub = make_hub()
    run = begin(hub, launch, three_tasks(retries=1))
    before = tasks_of(hub.get(f"/api/v1/runs/{run}").json())
    hub.stop(ends_by)
    hub.start()
    ended = hub.wait_run(run)
    assert (ended["state"], ended["results"]) == ("succeeded", {"text": "kept 100000"}), ended
    after = tasks_of(ended)
    assert {name: t["attempt"] for name, t in after.items()} == {"make": 1, "read": 2, "tell": 1, "tidy": 1}
    assert after["make"] == before["make"], "it had finished and was run again"
    assert after["read"]["started_at"] == before["read"]["started_at"]
    assert logs(hub, run, task="make") == b"made\n"
    assert logs(hub, run, task="read") == b"begun\nbegun\ndone\n"
    assert logs(hub, run, task="tidy") == b"tidied\n"
    first = f"select state || ' ' || reason from run_attempt where run_id = '{run}' and task_no = 1 and attempt = 1"
    assert hub.postgres.sql(first, hub.database_name) == "failed HubRestarted"
    wait_for(lambda: not folders(hub), "the folders of the runs to go")
    assert hub.stop() == 0


@pytest.mark.parametrize("ends_by", [signal.SIGKILL, signal.SIGTERM])
def test_without_retries_it_has_failed_and_the_run_goes_on_to_its_exit_handler(make_hub, launch, ends_by):
    hub = make_hub()
    run = begin(hub, launch, three_tasks())
    hub.stop(ends_by)
    hub.start()
    ended = hub.wait_run(run)
    assert (ended["state"], ended["reason"]) == ("failed", "HubRestarted"), ended
    after = tasks_of(ended)
    assert {name: t["state"] for name, t in after.items()} == {
        "make": "succeeded", "read": "failed", "tell": "skipped", "tidy": "succeeded",
    }  # fmt: skip
    assert (after["read"]["reason"], after["read"]["attempt"]) == ("HubRestarted", 1)
    assert "restarted" in after["read"]["message"]
    assert [s["state"] for s in after["read"]["steps"]].count("running") == 0
    assert logs(hub, run, task="read") == b"begun\n"
    assert logs(hub, run, task="tidy") == b"tidied\n"
    assert hub.stop() == 0


def test_a_run_survives_several_restarts(make_hub, launch):
    hub = make_hub()
    run = begin(hub, launch, three_tasks(retries=3))
    for n in (2, 3):
        hub.stop(signal.SIGKILL)
        hub.start()
        wait_for(lambda n=n: logs(hub, run, task="read").count(b"begun") == n, f"attempt {n}")
    ended = hub.wait_run(run)
    assert (ended["state"], ended["results"]) == ("succeeded", {"text": "kept 100000"}), ended
    assert tasks_of(ended)["read"]["attempt"] == 3
    assert hub.stop() == 0


def test_a_run_whose_files_are_gone_fails_and_says_why(make_hub, launch):
    hub = make_hub()
    run = begin(hub, launch, three_tasks(retries=1))
    hub.stop(signal.SIGKILL)
    hub.place.run("rm", "-rf", hub.state / "runs")
    hub.start()
    ended = hub.wait_run(run)
    assert (ended["state"], ended["reason"]) == ("failed", "HubRestarted"), ended
    assert "not on this machine" in ended["message"]
    assert {name: t["state"] for name, t in tasks_of(ended).items()} == {
        "make": "succeeded", "read": "failed", "tell": "skipped", "tidy": "skipped",
    }  # fmt: skip
    assert hub.stop() == 0


def test_a_run_that_was_to_be_cancelled_does_not_go_on(make_hub, launch):
    hub = make_hub()
    run = begin(hub, launch, three_tasks(retries=1))
    hub.stop(signal.SIGKILL)
    hub.postgres.sql(f"update run set cancel_requested_at = now() where id = '{run}'", hub.database_name)
    hub.start()
    ended = hub.wait_run(run)
    assert ended["state"] == "cancelled", ended
    assert {t["state"] for t in ended["tasks"]} == {"succeeded", "failed", "skipped"}
    assert logs(hub, run, task="read") == b"begun\n"
    wait_for(lambda: not folders(hub), "the folders of the run to go")
    assert hub.stop() == 0


def test_a_run_passes_to_the_hub_that_takes_the_engine_over(make_hub, launch):
    """The other hub has another folder: a run without files goes on there."""
    first = make_hub()
    slow = component("Slow", "echo begun; sleep 3")
    tasks = {"slow": task(slow, retries=1), "say": task(ECHO, {"text": "here"}, depends_on=["slow"])}
    run = begin(first, launch, pipeline(fresh("Moves"), tasks))
    second = make_hub(database=first.database, migrate=False, wait_ready=False)
    first.stop()
    ended = wait_for(lambda: (r := second.get(f"/api/v1/runs/{run}").json())["finished_at"] and r, "the run to end", 60)
    assert ended["state"] == "succeeded", ended
    assert {name: t["attempt"] for name, t in tasks_of(ended).items()} == {"slow": 2, "say": 1}
    assert second.stop() == 0


def test_a_hub_that_loses_the_engine_gives_its_runs_up_and_takes_them_up_when_it_is_back(make_hub, launch):
    hub = make_hub()
    mark = f"6{uuid.uuid4().int % 10**9}.5"
    slow = component("Slow", f"echo begun; sleep {mark}")
    run = begin(hub, launch, pipeline(fresh("Lost"), {"slow": task(slow, retries=1)}))
    lease = "update engine_lease set holder = 'another', epoch = epoch + 1, expires_at = now() + interval '{}'"
    hub.postgres.sql(lease.format("1 hour"), hub.database_name)
    wait_for(lambda: not processes_with(mark), "the steps to end", 30)
    assert hub.get(f"/api/v1/runs/{run}").json()["state"] == "running"
    hub.postgres.sql(lease.format("-1 hour"), hub.database_name)
    wait_for(lambda: logs(hub, run).count(b"begun") == 2, "the second attempt to begin")
    (work,) = hub.get(f"/api/v1/runs/{run}").json()["tasks"]
    assert (work["state"], work["attempt"]) == ("running", 2)
    hub.post(f"/api/v1/runs/{run}/cancel")
    assert hub.wait_run(run)["state"] == "cancelled"
    assert not processes_with(mark)
    assert hub.stop() == 0
