"""The story: somebody else's components are published as they are, used by name in a pipeline, compiled to
a Tekton document that Tekton's own code accepts, launched, followed to the end, and found again. Then the
same without a server.
"""

import hashlib
import json
import os
import pathlib

import pytest
import requests
import yaml

from documents import fresh, given, output, pipeline, task, text_of

HASH = "contrib--basics--Calculate_hash--component.yaml"
REMOVE_HEADER = "contrib--tables--Remove_header--component.yaml"
TABLE = "name,age\nAda,36\nGrace,85\n"
EXPECTED = hashlib.sha256(b"Ada,36\nGrace,85\n").hexdigest() + "\n"


def the_pipeline():
    tasks = {
        "cut": task("remove-header", {"table": given("table")}),
        "hash": task("calculate-data-hash", {"Data": output("cut", "table")}),
    }
    return pipeline(fresh("Hash of a table"), tasks, {"table": "CSV"}, {"fingerprint": ("hash", "Hash")})


@pytest.fixture(scope="module")
def foreign(corpus):
    """Two components of others, byte for byte."""
    return {name: (corpus / "component-v1" / name).read_bytes() for name in (HASH, REMOVE_HEADER)}


@pytest.fixture(scope="module")
def published(hub, foreign):
    """The versions of the two components, published with nothing but the file."""
    versions = {}
    for name, data in foreign.items():
        answer = hub.post("/api/v1/assets", files={"file": (name, data)})
        assert answer.status_code in (200, 201), answer.text
        versions[name] = answer.json()
    return versions


@pytest.fixture(scope="module")
def stored(hub, published):
    """The pipeline, published."""
    document = the_pipeline()
    answer = hub.publish(text_of(document))
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def compiled(hub, stored):
    """The Tekton document as somebody downloads it."""
    answer = hub.post(
        "/api/v1/compile",
        auth=False,
        headers={"Accept": "application/yaml"},
        json={"pipeline": f"{stored['namespace']}/{stored['name']}", "parameters": {"table": TABLE}},
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("application/yaml")
    return answer.text


@pytest.fixture(scope="module")
def run(hub, stored):
    answer = hub.post(
        "/api/v1/runs",
        json={
            "pipeline": f"{stored['namespace']}/{stored['name']}@{stored['version']}",
            "parameters": {"table": TABLE},
        },
    )
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/v1/runs/{answer.json()['id']}"
    return answer.json()


@pytest.fixture(scope="module")
def followed(hub, run):
    """What the logs say, read while it runs until they end by themselves."""
    with requests.get(
        hub.url(f"/api/v1/runs/{run['id']}/logs?follow=true"), stream=True, timeout=60
    ) as answer:
        assert answer.status_code == 200
        return b"".join(answer.iter_content(None)).decode()


def test_components_of_others_are_published_byte_for_byte(hub, foreign, published):
    assert {v["name"] for v in published.values()} == {"calculate-data-hash", "remove-header"}
    for name, version in published.items():
        assert version["kind"] == "component"
        assert version["digest"] == "sha256:" + hashlib.sha256(foreign[name]).hexdigest()
        content = hub.get(
            f"/api/v1/assets/default/component/{version['name']}/versions/{version['version']}/content"
        )
        assert content.content == foreign[name]


def test_the_pipeline_knows_what_it_uses(hub, stored, published):
    assert stored["kind"] == "pipeline"
    assert [port["name"] for port in stored["interface"]["inputs"]] == ["table"]
    assert [port["name"] for port in stored["interface"]["outputs"]] == ["fingerprint"]
    for version in published.values():
        asset = hub.get(f"/api/v1/assets/default/component/{version['name']}").json()
        assert asset["used_by"] >= 1


def test_the_download_is_one_self_contained_pipeline_run(compiled):
    (document,) = yaml.safe_load_all(compiled)
    assert (document["apiVersion"], document["kind"]) == ("tekton.dev/v1", "PipelineRun")
    spec = document["spec"]["pipelineSpec"]
    assert len(spec["tasks"]) == 2
    assert all("taskSpec" in each and "taskRef" not in each for each in spec["tasks"])
    assert document["spec"]["params"] == [{"name": "table", "value": TABLE}]


def test_tekton_accepts_the_download(compiled, tmp_path, verdicts_of_tekton):
    path = tmp_path / "run.yaml"
    path.write_text(compiled)
    assert verdicts_of_tekton(path) == ["accepted"]


def test_the_logs_are_followed_to_the_end(hub, run, followed):
    # Both run under `sh -x`, so their commands show, each line with its task and step.
    assert "[hash : " in followed and "sha256sum" in followed
    assert "[cut : " in followed and "tail -n +2" in followed
    assert hub.get(f"/api/v1/runs/{run['id']}").json()["state"] == "succeeded"


def test_the_result_is_what_the_program_wrote(hub, run):
    ended = hub.wait_run(run["id"])
    assert ended["state"] == "succeeded", ended
    assert ended["results"] == {"fingerprint": EXPECTED}
    assert {t["name"]: t["state"] for t in ended["tasks"]} == {"cut": "succeeded", "hash": "succeeded"}
    assert all(step["exit_code"] == 0 for t in ended["tasks"] for step in t["steps"])
    assert ended["started_at"] <= ended["finished_at"]


def test_the_run_is_found_again_with_the_version_it_ran(hub, run, stored):
    hub.wait_run(run["id"])
    query = {"pipeline": f"{stored['namespace']}/{stored['name']}", "state": "succeeded"}
    (found,) = hub.get("/api/v1/runs", params=query).json()["items"]
    assert found["id"] == run["id"]
    assert found["pipeline"] == {key: stored[key] for key in ("namespace", "name", "version", "digest")}
    assert found["parameters"] == {"table": TABLE}


def test_what_ran_is_what_was_compiled_but_for_name_and_labels(hub, run, compiled):
    ran = yaml.safe_load(hub.get(f"/api/v1/runs/{run['id']}/manifest").text)
    expected = yaml.safe_load(compiled)
    assert ran["metadata"]["labels"]["component-hub.dev/run"] == run["id"]
    assert ran["metadata"]["name"].endswith(run["id"][-12:])
    for document in (ran, expected):
        for key in ("name", "generateName", "labels"):
            document["metadata"].pop(key, None)
    assert ran == expected


# ---- the same without a server


@pytest.fixture
def folder(place, foreign, request):
    """A folder that the hub's user can read: a catalog with the two components, and the pipeline."""
    path = place.make("story-" + str(abs(hash(request.node.nodeid)) % 10**8))
    os.chmod(path, 0o755)
    for name, data in zip(("calculate-data-hash", "remove-header"), foreign.values()):
        package = path / "catalog" / "components" / name
        package.mkdir(parents=True)
        (package / "component.yaml").write_bytes(data)
    (path / "pipeline.yaml").write_text(text_of(the_pipeline()))
    return path


def spec_of(manifest):
    """What runs, without the note of where a component came from: a folder and a hub differ in that."""
    spec = yaml.safe_load(manifest)["spec"]
    for each in spec["pipelineSpec"]["tasks"]:
        assert (
            each["taskSpec"]["metadata"]["annotations"].pop("component-hub.dev/component").endswith("@1.0.0")
        )
    return spec


def test_the_command_line_compiles_the_same_pipeline(place, folder, compiled, verdicts_of_tekton):
    done = place.run(
        place.binary,
        "compile",
        "--catalog",
        folder / "catalog",
        "--param",
        f"table={TABLE}",
        folder / "pipeline.yaml",
    )
    assert spec_of(done.stdout) == spec_of(compiled)
    out = folder / "run.yaml"
    out.write_text(done.stdout)
    assert verdicts_of_tekton(out) == ["accepted"]


def test_the_command_line_runs_what_it_compiled(place, folder):
    done = place.run(
        place.binary,
        "compile",
        "--catalog",
        folder / "catalog",
        "-p",
        f"table={TABLE}",
        folder / "pipeline.yaml",
    )
    (folder / "run.yaml").write_text(done.stdout)
    ran = place.run(place.binary, "run", folder / "run.yaml", check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "fingerprint: " + EXPECTED.strip() in ran.stdout
    assert "tail -n +2" in ran.stdout


def test_the_command_line_runs_the_pipeline_itself_and_says_when_it_fails(place, folder):
    arguments = ["run", "--catalog", folder / "catalog", "--output", "json", folder / "pipeline.yaml"]
    ran = place.run(place.binary, *arguments, "-p", f"table={TABLE}", check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    last = json.loads(ran.stdout.splitlines()[-1])
    assert (last["event"], last["state"], last["results"]) == ("run", "succeeded", {"fingerprint": EXPECTED})
    broken = pathlib.Path(folder / "broken.yaml")
    document = the_pipeline()
    document["implementation"]["graph"]["tasks"]["hash"]["arguments"]["Hash algorithm"] = "CRC8"
    broken.write_text(text_of(document))
    arguments[-1] = broken
    ran = place.run(place.binary, *arguments, "-p", f"table={TABLE}", check=False)
    assert ran.returncode == 1
    assert "Unsupported hash algorithm crc8" in ran.stdout
