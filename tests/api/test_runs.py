"""Runs on this machine: results, failures, retries, conditions, time-outs, cancelling,
policy, and what becomes of them when the hub is killed, doubled or stopped.
"""

import hashlib
import signal
import threading
import time
import uuid

import pytest
import requests

from documents import (
    ECHO, component, equals, fresh, given, output, pipeline, script_pipeline, task, text_of,
)  # fmt: skip
from watching import is_problem, logs, processes_with, states, tasks_of, wait_for


# ---- going well


def test_a_run_has_the_results_of_its_pipeline_and_the_parameters_it_ran_with(finish):
    tasks = {
        "first": task(ECHO, {"text": given("word")}),
        "second": task(ECHO, {"text": output("first", "said")}),
    }
    inputs = {"word": {"type": "String", "default": "unset"}, "other": {"type": "Integer", "default": "3"}}
    document = pipeline("Chain", tasks, inputs, {"said": ("second", "said")})
    run = finish(document, parameters={"word": "so gehts: ✓\n"}, name="chain of words")
    assert (run["state"], run["results"]) == ("succeeded", {"said": "so gehts: ✓\n"}), run
    assert run["parameters"] == {"word": "so gehts: ✓\n", "other": "3"}
    assert (run["name"], run["engine"], run["namespace"], run["pipeline"]) == (
        "chain of words",
        "local",
        "default",
        None,
    )
    assert run["created_at"] <= run["started_at"] <= run["finished_at"]
    second = tasks_of(run)["second"]
    assert second["params"]["text"] == "so gehts: ✓\n" and second["results"] == {"said": "so gehts: ✓\n"}
    assert (second["attempt"], [s["exit_code"] for s in second["steps"]]) == (1, [0])


def test_outputs_that_no_task_makes_are_recorded_all_the_same(finish):
    document = pipeline("Through", {"a": task(ECHO, {"text": "x"})}, {"in": {"type": "String", "default": "d$$"}})
    document["outputs"] = [{"name": "same"}, {"name": "fixed"}]
    document["implementation"]["graph"]["outputValues"] = {"same": given("in"), "fixed": "two words"}
    run = finish(document)
    assert run["results"] == {"same": "d$$", "fixed": "two words"}, run
    assert finish(document, parameters={"in": "other"})["results"]["same"] == "other"


def test_results_and_tasks_carry_the_names_of_the_document(finish):
    said = component("Say It", 'printf %s "$0" > "$1"', {"The Text": "String"}, {"What Was Said": "String"})
    tasks = {"Say it, please": task(said, {"The Text": given("My Word")})}
    document = pipeline(
        "Names", tasks, {"My Word": "String"}, {"Final Word": ("Say it, please", "What Was Said")}
    )
    run = finish(document, parameters={"My Word": "x"})
    assert run["state"] == "succeeded", run
    assert (run["parameters"], run["results"]) == ({"My Word": "x"}, {"Final Word": "x"})
    assert list(tasks_of(run)) == ["Say it, please"]


def test_files_pass_from_task_to_task_byte_for_byte(finish):
    make = component("Make", 'head -c 300000 /dev/zero | tr "\\0" "\\377" > "$0"', outputs={"file": "Data"})
    read = component(
        "Read",
        'sha256sum < "$0" | cut -c 1-64 | tr -d "\\n" > "$1"',
        {"file": "Data"},
        {"digest": "String"},
        {"file"},
    )
    tasks = {"make": task(make), "read": task(read, {"file": output("make", "file")})}
    run = finish(pipeline("Files", tasks, outputs={"digest": ("read", "digest")}))
    assert run["results"] == {"digest": hashlib.sha256(b"\xff" * 300000).hexdigest()}, run


def test_a_pipeline_that_is_too_large_for_one_object_runs(finish):
    scripts = [f"echo {i}\n# " + "x" * 100_000 for i in range(7)]
    run = finish(pipeline("Large", {f"t{i}": task(component(f"Step {i}", s)) for i, s in enumerate(scripts)}))
    assert run["state"] == "succeeded" and set(states(run).values()) == {"succeeded"}, run


def test_a_stored_pipeline_runs_with_the_components_of_its_lock(hub, publish):
    name = fresh("part")
    publish(component(name, 'printf old > "$0"', outputs={"word": "String"}))
    stored = publish(pipeline(fresh("Locked"), {"a": task(name)}, outputs={"word": ("a", "word")}))
    publish(component(name, 'printf new > "$0"', outputs={"word": "String"}))
    reference = f"default/{stored['name']}"
    answer = hub.post("/api/v1/runs", json={"pipeline": reference})
    assert answer.status_code == 201, answer.text
    run = hub.wait_run(answer.json()["id"])
    assert run["results"] == {"word": "old"}
    assert run["pipeline"]["version"] == "1.0.0"
    again = hub.post(f"/api/v1/runs/{run['id']}/retry")
    assert hub.wait_run(again.json()["id"])["results"] == {"word": "old"}


def test_every_starter_pipeline_that_needs_no_network_can_be_launched(hub):
    ids = {}
    for name in ("sequential", "parallel-join", "flip-coin", "nested", "inline-group"):
        answer = hub.post("/api/v1/runs", json={"pipeline": f"starter/{name}"})
        assert answer.status_code == 201, (name, answer.text)
        ids[name] = answer.json()["id"]
    ended = {name: hub.wait_run(run)["state"] for name, run in ids.items()}
    assert set(ended.values()) == {"succeeded"}, ended


# ---- failing, retrying, skipping


def test_a_failing_step_gives_its_exit_code_and_what_depends_on_it_is_skipped(finish):
    tasks = {
        "breaks": task(
            component("Breaks", 'echo "about to fail"; exit 7; true > "$0"', outputs={"x": "String"})
        ),
        "after": task(ECHO, {"text": output("breaks", "x")}),
    }
    run = finish(pipeline("Fails", tasks))
    assert run["state"] == "failed" and run["reason"] == "Failed"
    assert states(run) == {"breaks": "failed", "after": "skipped"}
    broken = tasks_of(run)["breaks"]
    assert broken["steps"][-1]["exit_code"] == 7 and "7" in broken["message"]


def test_a_task_is_tried_again_as_often_as_it_may(hub, finish):
    run = finish(script_pipeline("echo attempt; exit 3", retries=2))
    assert run["state"] == "failed"
    assert (run["tasks"][0]["attempt"], run["tasks"][0]["steps"][-1]["exit_code"]) == (3, 3)
    assert logs(hub, run["id"], task="work") == b"attempt\n" * 3
    attempts = run["tasks"][0]["attempts"]
    assert [(each["attempt"], each["state"]) for each in attempts] == [(1, "failed"), (2, "failed"), (3, "failed")]
    assert all(each["started_at"] <= each["finished_at"] for each in attempts)


def test_a_task_that_works_in_the_end_has_succeeded(finish):
    until = time.time_ns() + 10**9
    run = finish(script_pipeline(f'sleep 0.1; [ "$(date +%s%N)" -gt {until} ]', retries=100))
    assert run["state"] == "succeeded", run
    assert 1 < run["tasks"][0]["attempt"] <= 100


def test_conditions_skip_tasks_and_what_they_would_have_produced(finish):
    tasks = {
        "coin": task(ECHO, {"text": "heads"}),
        "heads": task(ECHO, {"text": "H"}, enabled=equals(output("coin", "said"), "heads")),
        "tails": task(ECHO, {"text": "T"}, enabled=equals(output("coin", "said"), "tails")),
        "uses-tails": task(ECHO, {"text": output("tails", "said")}),
        "after-tails": task(ECHO, {"text": "after"}, depends_on=["tails"]),
    }
    outputs = {"yes": ("heads", "said"), "no": ("tails", "said")}
    run = finish(pipeline("Coin", tasks, outputs=outputs))
    assert run["state"] == "succeeded", run
    assert states(run) == {
        "coin": "succeeded", "heads": "succeeded", "tails": "skipped", "uses-tails": "skipped",
        "after-tails": "succeeded",
    }  # fmt: skip
    assert run["results"] == {"yes": "H"}


def test_an_exit_handler_runs_whatever_happened(hub, finish):
    tasks = {
        "work": task(component("Fail", "exit 1")),
        "tidy": task(component("Tidy", "echo tidied"), exit_handler=True),
    }
    run = finish(pipeline("Tidies", tasks))
    assert (run["state"], states(run)) == ("failed", {"work": "failed", "tidy": "succeeded"})
    assert b"tidied" in logs(hub, run["id"], task="tidy")


def test_a_task_that_may_fail_does_not_fail_the_run(finish):
    tasks = {
        "may-fail": task(component("Fail", "exit 1"), on_error="continue"),
        "goes-on": task(ECHO, {"text": "on"}, depends_on=["may-fail"]),
    }
    run = finish(pipeline("Tolerant", tasks, outputs={"said": ("goes-on", "said")}))
    assert (run["state"], run["results"]) == ("succeeded", {"said": "on"}), run


# ---- ending what runs


def test_cancelling_ends_the_whole_tree_quickly(hub, launch):
    mark = f"9{uuid.uuid4().int % 10**9}.5"
    tasks = {
        "work": task(
            component("Sleep", f"echo begun; sleep {mark} & (sleep {mark} & sleep {mark}) & sleep {mark}")
        ),
        "later": task(ECHO, {"text": "never"}, depends_on=["work"]),
    }
    run = launch(pipeline("Sleeps", tasks))["id"]
    wait_for(lambda: b"begun" in logs(hub, run), "the step to begin")
    assert processes_with(mark)
    before = time.monotonic()
    answer = hub.post(f"/api/v1/runs/{run}/cancel")
    assert answer.status_code == 202 and answer.json()["id"] == run
    ended = hub.wait_run(run)
    assert time.monotonic() - before < 8
    assert (ended["state"], ended["reason"]) == ("cancelled", "Cancelled")
    assert states(ended) == {"work": "cancelled", "later": "skipped"}
    wait_for(lambda: not processes_with(mark), "the processes to end", 5)
    again = hub.post(f"/api/v1/runs/{run}/cancel")
    assert (again.status_code, again.json()["state"]) == (202, "cancelled")


def test_a_task_that_takes_too_long_is_ended(finish):
    run = finish(script_pipeline("sleep 300", timeout="1s"))
    assert run["state"] == "failed"
    assert (states(run), run["tasks"][0]["reason"]) == ({"work": "timed_out"}, "TaskRunTimeout")


def test_a_run_that_takes_too_long_is_ended(finish):
    run = finish(script_pipeline("sleep 300"), options={"timeouts": {"pipeline": "1s"}})
    assert (run["state"], run["reason"]) == ("timed_out", "PipelineRunTimeout")
    assert states(run)["work"] in ("cancelled", "timed_out")


# ---- afterwards


def test_retrying_makes_a_new_run_of_the_same(hub, finish):
    document = pipeline(
        "Again", {"a": task(ECHO, {"text": given("w")})}, {"w": "String"}, {"said": ("a", "said")}
    )
    first = finish(
        document, parameters={"w": "same"}, options={"timeouts": {"pipeline": "30m"}}, name="again"
    )
    answer = hub.post(f"/api/v1/runs/{first['id']}/retry")
    assert answer.status_code == 201, answer.text
    second = answer.json()
    assert answer.headers["Location"] == f"/api/v1/runs/{second['id']}"
    assert second["id"] != first["id"] and second["retry_of"] == first["id"]
    assert (second["name"], second["parameters"]) == ("again", {"w": "same"})
    assert hub.wait_run(second["id"])["results"] == {"said": "same"}
    assert "pipeline: 30m" in hub.get(f"/api/v1/runs/{second['id']}/manifest").text
    is_problem(hub.post(f"/api/v1/runs/{uuid.uuid4()}/retry"), 404, "run_not_found")


def test_an_archived_run_leaves_the_list_and_stays_readable(hub, finish):
    run = finish(script_pipeline("echo kept"))["id"]

    def listed(**query):
        return [r["id"] for r in hub.get("/api/v1/runs", params=query).json()["items"]]

    assert run in listed()
    assert hub.post(f"/api/v1/runs/{run}/archive").status_code == 200
    assert run not in listed() and run in listed(archived="true")
    assert hub.get(f"/api/v1/runs/{run}").json()["state"] == "succeeded"
    assert b"kept" in logs(hub, run)


def test_a_deleted_run_is_gone_with_its_logs_but_not_while_it_goes_on(hub, launch):
    run = launch(script_pipeline("echo begun; sleep 300"))["id"]
    wait_for(lambda: b"begun" in logs(hub, run), "the step to begin")
    is_problem(hub.post(f"/api/v1/runs/{run}/archive"), 409, "run_not_finished")
    is_problem(hub.call("DELETE", f"/api/v1/runs/{run}"), 409, "run_not_finished")
    hub.post(f"/api/v1/runs/{run}/cancel")
    hub.wait_run(run)
    assert hub.call("DELETE", f"/api/v1/runs/{run}").status_code == 204
    for path in ("", "/logs", "/manifest"):
        is_problem(hub.get(f"/api/v1/runs/{run}{path}"), 404, "run_not_found")
    left = hub.postgres.sql(f"select count(*) from log_chunk where run_id = '{run}'", hub.name)
    assert left == "0"


def test_runs_are_listed_newest_first_by_state_and_page(hub, finish):
    namespace = fresh("runs")
    made = [finish(script_pipeline(f"exit {i % 2}"), namespace=namespace)["id"] for i in range(5)]

    def listed(**query):
        answer = hub.get("/api/v1/runs", params={"namespace": namespace} | query).json()
        return [r["id"] for r in answer["items"]], answer["next_cursor"]

    assert listed() == (made[::-1], None)
    assert listed(state="failed")[0] == [made[3], made[1]]
    page, cursor = listed(limit=2)
    assert page == made[:2:-1] and cursor
    finish(script_pipeline("true"), namespace=namespace)
    assert listed(limit=2, cursor=cursor)[0] == [made[2], made[1]]
    assert "tasks" not in hub.get("/api/v1/runs", params={"namespace": namespace}).json()["items"][0]
    assert hub.get("/api/v1/runs", params={"state": "broken"}).status_code == 422
    assert hub.get("/api/v1/runs", params={"cursor": "x"}).status_code in (400, 422)


@pytest.mark.parametrize("path", ["", "/logs", "/manifest"])
@pytest.mark.parametrize("run", ["nonsense", str(uuid.uuid4()), "' or 1=1", "%F0%9F%8E%89"])
def test_a_run_that_is_not_there_is_not_found(hub, run, path):
    is_problem(hub.get(f"/api/v1/runs/{run}{path}"), 404, "run_not_found")


# ---- conditions that are computed


def test_a_condition_that_is_computed_is_a_task_of_its_own_in_the_run(finish):
    guard = {"or": [{">": [output("say it", "said"), given("least")]}, {"==": [given("least"), "x"]}]}
    tasks = {
        "say it": task(ECHO, {"text": "9007199254740993"}),
        "great": task(ECHO, {"text": "great"}, enabled=guard),
        "small": task(ECHO, {"text": "small"}, enabled={"not": guard}),
    }
    run = finish(pipeline("By order", tasks, {"least": {"type": "String", "default": "9007199254740992"}}))
    assert states(run) == {
        "say it": "succeeded", "great": "succeeded", "small": "skipped",
        "great (condition)": "succeeded", "small (condition)": "succeeded",
    }, run  # fmt: skip
    assert tasks_of(run)["great (condition)"]["results"] == {"result": "true"}
    assert tasks_of(run)["small (condition)"]["results"] == {"result": "false"}


def test_texts_of_several_parts_reach_the_program_as_typed(finish):
    parts = ["$(params.a) $$(HOME) ", given("a"), " {{a}} 'x' ", output("first", "said"), "\n$"]
    tasks = {"first": task(ECHO, {"text": "one"}), "mixed": task(ECHO, template={"text": parts})}
    typed = '$(params.a) "$$" $(tasks.first.results.said) $'
    run = finish(
        pipeline("Mixed", tasks, {"a": "String"}, {"said": ("mixed", "said")}), parameters={"a": typed}
    )
    assert run["results"] == {"said": f"$(params.a) $$(HOME) {typed} {{{{a}}}} 'x' one\n$"}, run


# ---- what may be launched


@pytest.mark.parametrize(
    "options, code",
    [
        ({"podTemplate": {"hostNetwork": True}}, "policy_host_network"),
        ({"podTemplate": {"volumes": [{"name": "x", "hostPath": {"path": "/etc"}}]}}, "policy_host_path"),
        ({"podTemplate": {"imagePullSecrets": [{"name": "other"}]}}, "policy_secret"),
        ({"podTemplate": {"schedulerName": "mine"}}, "policy_field"),
        ({"serviceAccountName": "cluster-admin"}, "policy_service_account"),
    ],
    ids=str,
)
def test_the_policy_denies_what_reaches_beyond_the_run(hub, options, code):
    name = fresh("denied")
    document = script_pipeline("true")
    answer = hub.post("/api/v1/runs", json={"document": document, "options": options, "name": name})
    body = is_problem(answer, 403, "launch_denied")
    assert code in [p["code"] for p in body["problems"]]
    assert name not in [r["name"] for r in hub.get("/api/v1/runs?limit=200").json()["items"]]


@pytest.mark.parametrize("template", [{"hostPID": True}, {"securityContext": {"privileged": True}}], ids=str)
def test_what_tekton_has_no_field_for_does_not_even_compile(hub, template):
    answer = hub.post("/api/v1/runs", json={"document": script_pipeline("true"), "options": {"podTemplate": template}})
    assert "invalid_options" in [p["code"] for p in is_problem(answer, 422, "invalid_pipeline")["problems"]]


def test_what_this_engine_cannot_run_is_refused_before_anything_is_stored(hub):
    name = fresh("unsupported")
    silent = component("Silent")
    del silent["implementation"]["container"]["command"]
    answer = hub.post("/api/v1/runs", json={"document": pipeline("No", {"a": task(silent)}), "name": name})
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"].startswith("unsupported_")
    assert name not in [r["name"] for r in hub.get("/api/v1/runs?limit=200").json()["items"]]


def test_secrets_need_an_engine_that_has_them_and_a_policy_that_lists_them(hub):
    use = component("Use", "true", {"token": "Secret"})
    document = pipeline("Secret", {"a": task(use, {"token": given("token")})}, {"token": "Secret"})
    launch = {"document": document, "name": fresh("secret"), "parameters": {"token": "vault/token"}}
    body = is_problem(hub.post("/api/v1/runs", json=launch), 403, "launch_denied")
    assert "policy_secret" in [p["code"] for p in body["problems"]]
    launch["parameters"] = {"token": "Correct Horse"}
    answer = hub.post("/api/v1/runs", json=launch)
    assert "invalid_secret" in [p["code"] for p in answer.json()["problems"]], answer.text
    assert "Horse" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        {"engine": "moon"},
        {"name": ""},
        {"name": "x" * 201},
        {"name": 7},
        {"parameters": []},
        {"document": None},
    ],
    ids=str,
)
def test_launches_of_a_wrong_shape_are_refused(hub, body):
    answer = hub.post("/api/v1/runs", json={"document": script_pipeline("true")} | body)
    assert answer.status_code == 422, answer.text


def test_the_engine_says_what_it_is(hub):
    (engine,) = hub.get("/api/v1/engines").json()["items"]
    assert (engine["name"], engine["ready"], engine["reason"]) == ("local", True, None)
    assert engine["sandbox"].startswith("bubblewrap")
    assert any("image" in note.lower() for note in engine["notes"])


def test_one_key_launches_once(hub):
    name, key = fresh("once"), fresh("key")
    body = {"document": script_pipeline("true"), "name": name}
    answers = [hub.post("/api/v1/runs", json=body, headers={"Idempotency-Key": key}) for _ in range(3)]
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    assert answers[2].headers["Location"] == answers[0].headers["Location"]
    assert [r["name"] for r in hub.get("/api/v1/runs?limit=200").json()["items"]].count(name) == 1


def test_only_images_that_are_allowed_are_run(make_hub, launch):
    hub = make_hub("--allowed-image", "registry.example/ours/,debian:")
    hub.wait_run(launch(script_pipeline("true"), hub=hub)["id"])
    document = script_pipeline("true")
    container = document["implementation"]["graph"]["tasks"]["work"]["componentRef"]["spec"][
        "implementation"
    ]["container"]
    container["image"] = "registry.example/theirs/x"
    body = is_problem(hub.post("/api/v1/runs", json={"document": document}), 403, "launch_denied")
    assert body["problems"][0]["code"] == "policy_image"


# ---- the sandbox, from inside


def test_a_step_sees_neither_the_hubs_secrets_nor_the_network(hub, finish):
    script = f"""
      [ ! -e {hub.state} ] || echo bad: state
      [ ! -r /etc/shadow ] || echo bad: shadow
      env | grep -i -e DATABASE -e COMPONENT_HUB && echo bad: environment
      tr '\\0' '\\n' < /proc/1/environ | grep -i -e DATABASE -e COMPONENT_HUB && echo bad: environment of 1
      ls /tmp | grep hub-test && echo bad: tmp
      python3 -c 'import socket as s; s.create_connection(("127.0.0.1", {hub.port}), 2)' 2>&- && echo bad: network
      touch /usr/bin/x 2>/dev/null && echo bad: writes to /usr
      echo looked
    """
    run = finish(script_pipeline(script))
    assert logs(hub, run["id"], task="work") == b"looked\n"


# ---- the hub is killed, doubled, stopped


def test_runs_of_a_hub_that_was_killed_are_told_and_their_logs_are_kept(make_hub, launch):
    hub = make_hub()
    mark = f"8{uuid.uuid4().int % 10**9}.5"
    tasks = {
        "work": task(component("Sleep", f"echo kept in the log; sleep {mark}")),
        "later": task(ECHO, {"text": "never"}, depends_on=["work"]),
    }
    running = [launch(pipeline("Sleeps", tasks), hub=hub)["id"] for _ in range(8)]
    waiting = launch(script_pipeline("echo went on"), hub=hub)["id"]
    cancelled = launch(script_pipeline("echo went on"), hub=hub)["id"]
    for run in running:
        wait_for(lambda run=run: b"kept" in logs(hub, run), "the steps to begin")
    assert hub.get(f"/api/v1/runs/{waiting}").json()["state"] == "pending"
    assert len(processes_with(mark)) >= 8
    hub.stop(signal.SIGKILL)
    wait_for(lambda: not processes_with(mark), "the steps to end with the hub", 10)
    hub.postgres.sql(
        f"update run set cancel_requested_at = now() where id = '{cancelled}'", hub.database_name
    )
    hub.start()
    for run in running:
        ended = hub.wait_run(run)
        assert (ended["state"], ended["reason"]) == ("failed", "HubRestarted")
        assert (tasks_of(ended)["work"]["state"], tasks_of(ended)["work"]["reason"]) == (
            "failed",
            "HubRestarted",
        )
        assert "running" not in states(ended).values() and "pending" not in states(ended).values()
        assert b"kept in the log\n" in logs(hub, run)
    assert hub.wait_run(waiting)["state"] == "succeeded"
    assert hub.wait_run(cancelled)["state"] == "cancelled"
    assert hub.stop() == 0


def test_a_hub_that_is_stopped_in_order_ends_its_runs_and_tells_so_at_the_next_start(make_hub, launch):
    hub = make_hub()
    mark = f"7{uuid.uuid4().int % 10**9}.5"
    run = launch(script_pipeline(f"echo begun; sleep {mark}"), hub=hub)["id"]
    wait_for(lambda: b"begun" in logs(hub, run), "the step to begin")
    assert hub.stop() == 0
    assert not processes_with(mark)
    hub.start()
    ended = hub.wait_run(run)
    assert (ended["state"], ended["reason"]) == ("failed", "HubRestarted")
    assert logs(hub, run, task="work") == b"begun\n"


def test_of_two_hubs_on_one_database_one_drives_and_the_other_takes_over(make_hub, launch):
    first = make_hub()
    run = launch(script_pipeline("echo by the first"), hub=first)["id"]
    first.wait_run(run)
    second = make_hub(database=first.database, migrate=False, wait_ready=False)

    def reason():
        (engine,) = second.get("/api/v1/engines").json()["items"]
        assert engine["ready"] is False
        return engine["reason"]

    wait_for(lambda: "nother hub" in reason(), "the second hub to see the first", 10)
    refused = second.post("/api/v1/runs", json={"document": script_pipeline("true")})
    is_problem(refused, 503, "engine_held")
    assert refused.headers["Retry-After"]
    assert second.get(f"/api/v1/runs/{run}").json()["state"] == "succeeded"
    assert logs(second, run, task="work") == b"by the first\n"
    assert first.stop() == 0
    wait_for(lambda: second.get("/readyz").status_code == 200, "the second hub to take over", 10)
    taken = launch(script_pipeline("echo by the second"), hub=second)["id"]
    assert second.wait_run(taken)["state"] == "succeeded"


def test_two_hubs_do_not_share_a_state_folder(make_hub, place):
    hub = make_hub()
    done = hub.command("serve", "--listen", "127.0.0.1:0", check=False)
    assert done.returncode == 2
    assert "state folder" in done.stderr


def test_stopping_in_order_under_load_fails_no_request(make_hub):
    hub = make_hub()
    failures, acknowledged, stopping = [], [], threading.Event()

    def refused(error):
        return "Connection refused" in str(error)

    def read():
        while True:
            try:
                answer = requests.get(hub.url("/api/v1/assets"), timeout=30, headers={"Connection": "close"})
            except requests.ConnectionError as error:
                if not (stopping.is_set() and refused(error)):
                    failures.append(error)
                return
            if answer.status_code != 200:
                failures.append(answer.text)

    def write(number):
        count = 0
        while True:
            count += 1
            name = f"load-{number}-{count}"
            try:
                answer = hub.publish(text_of(component(name)))
            except requests.ConnectionError as error:
                if not (stopping.is_set() and refused(error)):
                    failures.append(error)
                return
            if answer.status_code != 201:
                failures.append(answer.text)
            acknowledged.append(name)

    hub.token_cached
    threads = [threading.Thread(target=read) for _ in range(6)]
    threads += [threading.Thread(target=write, args=(i,)) for i in range(3)]
    for each in threads:
        each.start()
    wait_for(lambda: len(acknowledged) > 60, "some load")
    stopping.set()
    assert hub.stop() == 0
    for each in threads:
        each.join()
    assert failures == []
    hub.start()
    listed, cursor = set(), ""
    while cursor is not None:
        page = hub.get("/api/v1/assets", params={"limit": 200, "sort": "name", "cursor": cursor}).json()
        listed |= {item["name"] for item in page["items"]}
        cursor = page["next_cursor"]
    assert set(acknowledged) <= listed
