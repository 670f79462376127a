"""Runs that go on from where an earlier one stopped: what runs again, what does not, with which results."""

import uuid

from documents import ECHO, component, fresh, output, pipeline, script_pipeline, task
from watching import is_problem, states, tasks_of


def stops_until(gate):
    """A pipeline whose second task fails until the component `gate` is published anew."""
    once = component("Once", 'date +%s%N | tr -d "\\n" > "$0"; printf data > "$1"', outputs={"now": "String", "data": "Data"})
    check = component("Check", '[ "$0" -gt 0 ] && cat "$1" && printf %s "$0" > "$2"', {"n": "String", "d": "Data"},
                      {"seen": "String"}, {"d"})  # fmt: skip
    return pipeline(
        fresh("resumed"),
        {
            "once": task(once),
            "alone": task(once),
            "gate": task(gate, depends_on=["alone"]),
            "check": task(check, {"n": output("alone", "now"), "d": output("once", "data")}, depends_on=["gate"]),
        },
        outputs={"seen": ("check", "seen"), "at": ("alone", "now")},
    )


def test_resuming_runs_only_the_rest_with_the_stored_results(hub, finish, publish):
    gate = fresh("gate")
    publish(component(gate, "false"), name=gate)
    first = finish(stops_until(gate))
    assert first["state"] == "failed" and states(first)["alone"] == "succeeded", first
    publish(component(gate, "true"), name=gate)
    answer = hub.post(f"/api/v1/runs/{first['id']}/resume")
    assert answer.status_code == 201, answer.text
    second = hub.wait_run(answer.json()["id"])
    assert second["state"] == "succeeded" and second["resume_of"] == first["id"], second
    # `once` runs again, for its file went with the volume; `alone` does not
    assert set(states(second)) == {"once", "gate", "check"}
    now = tasks_of(first)["alone"]["results"]["now"]
    assert second["results"] == {"seen": now, "at": now}


def test_a_resumed_run_that_failed_again_knows_what_finished_before_it(hub, finish, publish):
    gate = fresh("gate")
    publish(component(gate, "false"), name=gate)
    first = finish(stops_until(gate))
    second = hub.wait_run(hub.post(f"/api/v1/runs/{first['id']}/resume").json()["id"])
    assert second["state"] == "failed", second
    publish(component(gate, "true"), name=gate)
    third = hub.wait_run(hub.post(f"/api/v1/runs/{second['id']}/resume").json()["id"])
    assert third["state"] == "succeeded" and set(states(third)) == {"once", "gate", "check"}, third
    assert third["results"]["seen"] == tasks_of(first)["alone"]["results"]["now"]


def test_what_cannot_be_resumed_is_told(hub, finish):
    done = finish(pipeline(fresh("done"), {"a": task(ECHO, {"text": "x"})}))
    answer = hub.post(f"/api/v1/runs/{done['id']}/resume")
    assert answer.status_code == 422 and answer.json()["problems"][0]["code"] == "nothing_to_resume"
    is_problem(hub.post(f"/api/v1/runs/{uuid.uuid4()}/resume"), 404, "run_not_found")
    slow = hub.post("/api/v1/runs", json={"document": script_pipeline("sleep 60")}).json()
    is_problem(hub.post(f"/api/v1/runs/{slow['id']}/resume"), 409, "run_not_finished")
    hub.post(f"/api/v1/runs/{slow['id']}/cancel")
