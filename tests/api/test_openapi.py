"""static/openapi.yaml says what the server does: the same routes, and answers of the shapes that are
promised there.
"""

import pathlib

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from documents import ECHO, fresh, pipeline, script_pipeline, task, text_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "static" / "openapi.yaml"
set_hypothesis_home_dir(ROOT / "build" / "hypothesis")  # not into the tree
DESCRIPTION = yaml.safe_load(FILE.read_text())
METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]


def without_schemas_of_yaml(description):
    """YAML answers are described as text, which clients get; schemathesis would look at what is in them."""
    for item in description["paths"].values():
        for answer in (a for o in item.values() if "responses" in o for a in o["responses"].values()):
            answer.get("content", {}).get("application/yaml", {}).pop("schema", None)
    return description


@pytest.fixture(scope="module")
def described():
    # Cookies and tokens are not made up here: test_access does that.
    made = schemathesis.openapi.from_dict(without_schemas_of_yaml(yaml.safe_load(FILE.read_text())))
    made.config.generation.update(with_security_parameters=False)
    return made


# Not read when tests are collected: it takes long. A stream has its own tests.
schema = schemathesis.pytest.from_fixture("described").exclude(operation_id="streamEvents")


def test_the_description_and_the_server_have_the_same_routes(hub):
    printed = hub.command("serve", "--routes").stdout.splitlines()
    described = [
        f"{method.upper()} {path}"
        for path, item in DESCRIPTION["paths"].items()
        for method in item
        if method in METHODS
    ]
    assert len(printed) == len(set(printed))
    assert sorted(printed) == sorted(described)


def test_every_operation_has_a_name_of_its_own():
    ids = [
        o["operationId"] for item in DESCRIPTION["paths"].values() for m, o in item.items() if m in METHODS
    ]
    assert len(ids) == len(set(ids))


def test_the_description_is_served_as_it_is(hub):
    answer = hub.get("/api/v1/openapi.yaml")
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/yaml")
    assert answer.content == FILE.read_bytes()


@pytest.fixture(scope="module")
def target(hub, place, postgres):
    """A hub of one's own, where nothing is lost."""
    made = type(hub)(place, postgres, "described")
    made.command("migrate")
    made.start()
    yield made
    assert made.stop() == 0
    log = made.log.read_text()
    assert "ERROR: AddressSanitizer" not in log and "runtime error:" not in log
    assert not [e for e in made.entries() if e.get("level") == "error"], log[-4000:]


class Things:
    """What there is to aim at; made anew before something may delete it."""

    def __init__(self, hub):
        self.hub = hub
        self.renew()

    def renew(self):
        hub, name = self.hub, fresh("aim")
        hub.publish(text_of(ECHO), name=name)
        hub.publish(text_of(pipeline(fresh("aim"), {"a": task(name)})))
        url = f"/api/v1/assets/default/component/{name}"
        hub.call("PUT", url + "/tags/good", json={"version": "1.0.0"}, headers={"If-Match": "*"})
        run = hub.post("/api/v1/runs", json={"document": script_pipeline("echo aimed")}).json()["id"]
        hub.wait_run(run)
        self.draft = hub.post("/api/v1/drafts", json={"document": "aimed at"}).json()["id"]
        self.known = {
            "namespace": "default",
            "kind": "component",
            "name": name,
            "version": "1.0.0",
            "tag": "good",
            "id": run,
            "rev": 1,
        }


@pytest.fixture
def things(target):
    return Things(target)


def aim(case, things):
    """Points the case at something that is there."""
    if case.method == "DELETE":
        things.renew()
    for name in case.path_parameters or {}:
        case.path_parameters[name] = things.known[name]
    if case.path.startswith("/api/v1/drafts/"):
        case.path_parameters["id"] = things.draft
    if case.headers and "If-Match" in case.headers:
        case.headers["If-Match"] = "*"
    return case


def send(case, target):
    if not all(str(value).isprintable() and str(value).isascii() for value in (case.headers or {}).values()):
        return  # refused as no HTTP, before it is a request: see test_http_abuse
    if case.query and "follow" in case.query:
        del case.query["follow"]
    headers = {"Authorization": f"Bearer {target.token_cached}"}
    case.call_and_validate(base_url=target.url(""), headers=headers, timeout=30, checks=CHECKS)


MANNER = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}


@schema.parametrize()
@settings(max_examples=10, **MANNER)
def test_answers_are_as_described_whatever_is_sent(case, target):
    send(case, target)


@schema.include(path_regex=r"\{").parametrize()
@settings(max_examples=5, **MANNER)
def test_answers_about_what_is_there_are_as_described(case, target, things):
    send(aim(case, things), target)
