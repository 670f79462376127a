"""What people read about an asset: its README as HTML, who uses it, what changed between versions."""

import os

import pytest

from documents import component, fresh, pipeline, task, text_of, tgz
from watching import is_problem


def packed(name, readme=b"# Read me\n\nSome *text*.\n", path="README.md"):
    return tgz({"component.yaml": text_of(component(name)).encode(), path: readme})


def readme_of(hub, data, **request):
    answer = hub.publish(data)
    assert answer.status_code == 201, answer.text
    version = answer.json()
    url = f"/api/v1/assets/{version['namespace']}/{version['kind']}/{version['name']}/versions/1.0.0/readme"
    return hub.call("GET", url, **request)


# ---- README


@pytest.mark.parametrize("path", ["README.md", "readme.md", "ReadMe.MD"])
def test_the_readme_of_a_package_comes_as_html_however_it_is_spelled(hub, path):
    answer = readme_of(hub, packed(fresh(), path=path))
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.text == '<h2 id="readme-read-me">Read me</h2>\n<p>Some <em>text</em>.</p>\n'


def test_a_readme_in_a_folder_is_not_that_of_the_package(hub):
    is_problem(readme_of(hub, packed(fresh(), path="docs/README.md")), 404, "readme_not_found")


def test_without_a_readme_asset_or_version_the_answer_says_which_is_missing(hub, publish):
    name = fresh()
    publish(component(name))
    url = f"/api/v1/assets/default/component/{name}/versions"
    is_problem(hub.get(f"{url}/1.0.0/readme"), 404, "readme_not_found")
    is_problem(hub.get(f"{url}/9.0.0/readme"), 404, "version_not_found")
    is_problem(
        hub.get(f"/api/v1/assets/default/component/{fresh()}/versions/latest/readme"), 404, "asset_not_found"
    )


def test_scripts_and_hostile_links_do_not_come_through(hub):
    text = b"<script>alert(1)</script>\n\n[a](javascript:alert(1)) ![b](http://e.org/i) [c](https://e.org)\n"
    answer = readme_of(hub, packed(fresh(), text))
    assert answer.text == (
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
        '<p>a b <a href="https://e.org" rel="nofollow noopener noreferrer">c</a></p>\n'
    )


def test_a_readme_is_sandboxed_and_not_an_attachment(hub):
    headers = readme_of(hub, packed(fresh())).headers
    directives = {d.strip() for d in headers["Content-Security-Policy"].split(";")}
    assert directives == {"sandbox", "default-src 'none'", "img-src https:", "frame-ancestors 'self'"}
    assert headers["Content-Disposition"] == "inline"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_readme_that_is_known_is_not_sent_again(hub):
    first = readme_of(hub, packed(fresh()))
    again = readme_of(hub, packed(fresh()), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = readme_of(hub, packed(fresh(), b"other"), headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_a_readme_that_is_too_large_is_refused(hub):
    # Of bytes that hardly compress: packages that unpack to many times their size are refused before.
    is_problem(readme_of(hub, packed(fresh(), os.urandom(1 << 19).hex().encode() + b"x")), 413, "readme_too_large")
    links = b"[a]: https://e.org/" + os.urandom(200_000).hex().encode() + b"\n\n" + b"[a] " * 100_000
    is_problem(readme_of(hub, packed(fresh(), links)), 413, "readme_too_large")


# ---- used-by


def test_used_by_lists_the_pipelines_that_refer_to_it(hub, publish):
    name, user = fresh(), fresh("user")
    used = publish(component(name))
    url = f"/api/v1/assets/default/component/{name}/used-by"
    assert hub.get(url).json() == {"items": []}
    publish(pipeline(user, {"a": task(name)}))
    (item,) = hub.get(url).json()["items"]
    assert (item["kind"], item["name"], item["version"]) == ("pipeline", user, "1.0.0")
    assert [(t["version"], t["digest"]) for t in item["tasks"]] == [("1.0.0", used["digest"])]
    is_problem(hub.get(f"/api/v1/assets/default/component/{fresh()}/used-by"), 404, "asset_not_found")


# ---- diff


@pytest.fixture
def versions(publish):
    """The name of a component with 1.0.0, 1.1.0 (an optional input more) and 2.0.0 (of another type)."""
    name = fresh()
    more = {"text": "String", "more": {"type": "String", "optional": True}}
    for inputs in ({"text": "String"}, more, {"text": "Integer"}):
        publish(component(name, inputs=inputs), name=name)
    return name


def diff(hub, name, **query):
    return hub.get(f"/api/v1/assets/default/component/{name}/diff", params=query)


def test_a_diff_tells_compatible_from_breaking_and_identical(hub, versions):
    assert diff(hub, versions, **{"from": "1.0.0", "to": "1.0.0"}).json()["verdict"] == "identical"
    wider = diff(hub, versions, **{"from": "1.0.0", "to": "1.1.0"}).json()
    assert wider["verdict"] == "compatible"
    assert [p["name"] for p in wider["inputs"]["added"]] == ["more"]
    broken = diff(hub, versions, **{"from": "1.1.0", "to": "latest"}).json()
    assert broken["verdict"] == "breaking"
    assert [p["name"] for p in broken["inputs"]["removed"]] == ["more"]
    (changed,) = broken["inputs"]["changed"]
    assert (changed["name"], changed["from"]["type"], changed["to"]["type"]) == ("text", "String", "Integer")
    assert broken["outputs"] == {"added": [], "removed": [], "changed": []}


def test_a_diff_needs_two_versions_that_are_there(hub, versions):
    is_problem(diff(hub, versions, **{"from": "1.0.0"}), 422, "bad_parameter")
    is_problem(diff(hub, versions, **{"to": "1.0.0"}), 422, "bad_parameter")
    is_problem(diff(hub, versions, **{"from": "1.0.0", "to": "7.0.0"}), 404, "version_not_found")
    is_problem(diff(hub, versions, **{"from": "7.0.0", "to": "1.0.0"}), 404, "version_not_found")
