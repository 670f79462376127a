"""Checking Tekton YAML: texts come in by every way, what is wrong stands at its place, and the gate decides."""

import json
import re

import pytest
from playwright.sync_api import expect

TASK = """\
apiVersion: tekton.dev/v1
kind: Task
metadata:
  name: {name}
spec:
  steps:
    - name: echo
      image: busybox@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
      script: echo {text}
"""
GOOD = TASK.format(name="good", text="hello")
BAD = TASK.format(name="bad", text="$(params.nobody)")
MATRIX = """\
apiVersion: tekton.dev/v1
kind: Pipeline
metadata: {name: wide}
spec:
  tasks:
    - name: a
      taskRef: {name: t}
      matrix: {params: [{name: x, value: ["1", "2"]}]}
"""
PASTE = """text => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const editor = document.activeElement.shadowRoot.activeElement;
    editor.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
DROP = """([type, files]) => {
    const data = new DataTransfer();
    for (const [name, text] of files) data.items.add(new File([text], name));
    const over = document.querySelector(".drop-over") ?? document.body;
    over.dispatchEvent(new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


def paste(page, text):
    """Into the field that is there before there is any text."""
    field = page.get_by_label("Text of Pasted text").locator("visible=true").last
    field.click()
    page.evaluate("text => document.execCommand('insertText', false, text)", text)


def drop(page, *files):
    expect(page.get_by_text("Drop files here")).to_be_visible()
    page.evaluate(DROP, ["dragenter", files])
    expect(page.get_by_text("Drop to check")).to_be_visible()
    page.evaluate(DROP, ["drop", files])
    expect(page.get_by_text("Drop to check")).to_have_count(0)


def document(page, name):
    return page.get_by_role("region", name="Documents").locator(".lint-document", has=page.get_by_text(name, exact=True))


def problems(page):
    return page.get_by_role("region", name="Problems").get_by_role("listitem")


def editor(page):
    return page.locator(".cm-content")


def test_pasted_text_is_checked_marked_and_accepted_once_it_is_mended(new_page):
    page = new_page("/lint", guest=True)
    paste(page, BAD)
    expect(document(page, "bad")).to_contain_text("Refused")
    expect(problems(page)).to_have_count(1)
    expect(problems(page)).to_contain_text('non-existent variable in "echo $(params.nobody)"')
    expect(problems(page)).to_contain_text("spec.steps[0].script")
    mark = page.locator(".cm-mark-error")
    expect(mark).to_have_attribute("title", re.compile("non-existent variable"))
    expect(page.locator(".cm-about-error")).to_have_text("echo $(params.nobody)")
    expect(page.locator(".cm-marked-error")).to_contain_text("script")
    # What was pasted into is still where the keys go.
    page.keyboard.press("Control+Home")
    page.keyboard.type("# mended\n")
    expect(problems(page)).to_contain_text("line 10")
    expect(page.locator(".cm-marked-error")).to_contain_text("script")
    problems(page).get_by_role("button").click()
    page.keyboard.press("Shift+End")
    page.keyboard.type("echo hello")
    expect(document(page, "bad")).to_contain_text("Accepted")
    expect(problems(page)).to_have_count(0)
    expect(mark).to_have_count(0)
    expect(page.get_by_role("region", name="Text of Pasted text").get_by_text("No problems")).to_be_visible()


def test_the_gate_changes_the_verdict_and_stands_in_the_address(new_page):
    page = new_page("/lint", guest=True)
    paste(page, MATRIX)
    expect(document(page, "wide")).to_contain_text("Accepted")
    expect(page.get_by_text("With stable: 1 error.")).to_be_visible()
    expect(page.get_by_text("With alpha: the same as beta.")).to_be_visible()
    page.get_by_role("button", name="stable", exact=True).click()
    expect(document(page, "wide")).to_contain_text("Refused")
    expect(page).to_have_url(re.compile(r"/lint\?gate=stable$"))
    page.get_by_role("button", name="alpha", exact=True).click()
    expect(document(page, "wide")).to_contain_text("Accepted")
    page.get_by_role("button", name="beta", exact=True).click()
    expect(page).to_have_url(re.compile(r"/lint$"))
    page = new_page("/lint?gate=stable&tekton_only=true", guest=True)
    expect(page.get_by_role("button", name="stable", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("switch", name="Tekton's rules only")).to_be_checked()


def test_checks_that_are_not_tektons_can_be_left_out(new_page):
    page = new_page("/lint", guest=True)
    paste(page, GOOD.replace("busybox@sha256:" + "0123456789abcdef" * 4, "busybox:latest"))
    expect(problems(page)).to_contain_text("busybox:latest is whatever is latest")
    page.get_by_role("switch", name="Tekton's rules only").click()
    expect(problems(page)).to_have_count(0)
    expect(page).to_have_url(re.compile("tekton_only=true"))


def test_several_files_are_dropped_each_with_its_verdicts_and_one_is_closed_and_brought_back(new_page):
    page = new_page("/lint", guest=True)
    drop(page, ("good.yaml", GOOD), ("two.yaml", BAD + "---\n" + GOOD.replace("good", "second")), ("photo.png", "\0PNG"))
    expect(page.get_by_text("photo.png is not text.")).to_be_visible()
    expect(document(page, "good")).to_contain_text("Accepted")
    expect(document(page, "bad")).to_contain_text("Refused")
    expect(document(page, "second")).to_contain_text("Accepted")
    expect(problems(page)).to_contain_text("two.yaml")
    problems(page).get_by_role("button").click()
    expect(page.get_by_role("tab", name="two.yaml")).to_have_attribute("aria-selected", "true")
    expect(editor(page)).to_be_focused()
    expect(page.locator(".cm-activeLine")).to_contain_text("nobody")
    page.get_by_role("button", name="Close two.yaml").click()
    expect(problems(page)).to_have_count(0)
    expect(editor(page)).to_contain_text("good")
    page.get_by_role("button", name="Undo").click()
    expect(document(page, "bad")).to_contain_text("Refused")


def test_f8_goes_from_problem_to_problem_and_around(new_page):
    page = new_page("/lint", guest=True)
    page.get_by_role("button", name="Try an example").click()
    expect(document(page, "load-table")).to_contain_text("Accepted")
    expect(document(page, "credit-risk-training")).to_contain_text("Refused")
    total = problems(page).count()
    assert total > 3
    chosen = page.locator(".lint-problem[aria-current]")
    for at in [*range(total), 0]:
        page.keyboard.press("F8")
        expect(problems(page).nth(at).get_by_role("button")).to_have_attribute("aria-current", "true")
        expect(chosen).to_have_count(1)
    page.keyboard.press("Shift+F8")
    expect(problems(page).last.get_by_role("button")).to_have_attribute("aria-current", "true")
    expect(editor(page)).to_be_focused()


def test_what_is_no_yaml_says_where_it_breaks_off_and_changes_with_the_text(new_page):
    page = new_page("/lint", guest=True)
    paste(page, "a: 1\nb: [1,\n")
    expect(page.get_by_text("It cannot be read, so no document of it was checked.")).to_be_visible()
    expect(problems(page)).to_contain_text("yaml_syntax")
    expect(page.locator(".cm-mark-error")).to_have_count(1)
    page.keyboard.type("2]")
    expect(document(page, "Without a name")).to_contain_text("Undecodable")
    expect(problems(page)).to_contain_text("unhandled_kind")


def test_a_text_that_is_too_large_is_not_sent(new_page):
    page = new_page("/lint", guest=True)
    sent = []
    page.on("request", lambda request: sent.append(request.url) if "/lint" in request.url else None)
    page.locator("input[type=file]").set_input_files(
        {"name": "large.yaml", "mimeType": "application/yaml", "buffer": b"#" * (8 * 1024 * 1024 + 1)}
    )
    expect(page.get_by_text("large.yaml has more than 8 MiB")).to_be_visible()
    assert not [url for url in sent if "/api/" in url]


def test_the_report_is_what_the_command_line_writes(new_page, hub, tmp_path):
    (tmp_path / "bad.yaml").write_text(BAD)
    page = new_page("/lint", guest=True)
    page.locator("input[type=file]").set_input_files(tmp_path / "bad.yaml")
    expect(document(page, "bad")).to_contain_text("Refused")
    with page.expect_download() as download:
        page.get_by_role("button", name="Report").click()
    report = json.loads(download.value.path().read_text())
    done = hub.place.run(hub.place.binary, "lint", "--format", "json", "-", input=BAD, check=False)
    (file,) = json.loads(done.stdout)
    (problem,) = report[0]["problems"]
    assert report[0]["file"] == "bad.yaml" and report[0]["documents"] == file["documents"]
    assert {name: problem[name] for name in ("code", "message", "path", "line", "column")} == {
        name: file["problems"][0][name] for name in ("code", "message", "path", "line", "column")
    }


def test_only_the_answer_to_the_newest_text_counts(new_page):
    """The answer to an older text comes last, and is not shown."""
    page = new_page("/lint", guest=True)
    held = []

    def hold(route):
        if "nobody" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/v1/lint*", hold)
    paste(page, BAD)
    expect(page.get_by_text("Checking").first).to_be_visible()
    expect(editor(page)).to_be_focused()
    page.keyboard.press("Control+a")
    page.evaluate(PASTE, GOOD)
    expect(document(page, "good")).to_contain_text("Accepted")
    assert held
    for route in held:
        try:
            route.continue_()
        except Exception:  # the page has taken it back already
            pass
    page.wait_for_timeout(500)
    expect(document(page, "good")).to_contain_text("Accepted")
    expect(problems(page)).to_have_count(0)


@pytest.mark.parametrize("mode", ["stop", "fail"])
def test_what_was_typed_while_the_hub_was_gone_is_checked_when_it_is_back(new_page, proxy, mode):
    page = new_page("/lint", guest=True, base=proxy.base)
    paste(page, GOOD)
    expect(document(page, "good")).to_contain_text("Accepted")
    page.wait_for_load_state("networkidle")
    proxy.set(mode)
    page.keyboard.press("Control+End")
    page.keyboard.type("skript: x")
    expect(page.get_by_text("the newest text is not checked yet")).to_be_visible()
    expect(editor(page)).to_contain_text("skript: x")
    proxy.set("pass")
    expect(document(page, "good")).not_to_contain_text("Accepted")
    expect(page.get_by_text("the newest text is not checked yet")).to_have_count(0)


def test_the_text_is_there_again_for_who_comes_back(new_page):
    page = new_page("/lint", guest=True)
    paste(page, BAD)
    expect(document(page, "bad")).to_contain_text("Refused")
    page.get_by_role("link", name="Components", exact=False).first.click()
    expect(page.get_by_text("Featured").first).to_be_visible()
    page.get_by_role("link", name="Check YAML").click()
    expect(document(page, "bad")).to_contain_text("Refused")


FIXABLE = """\
# a run of our own
apiVersion: tekton.dev/v1
kind: TaskRun
metadata:
  name: run
spec:
  taskRef: {name: good}
  params: # nothing is declared
    - {name: extra, value: x}
  timeout: 1h # stays
---
"""


def test_a_fix_changes_the_text_keeps_comments_and_is_taken_back_by_ctrl_z(new_page):
    page = new_page("/lint", guest=True)
    paste(page, FIXABLE + GOOD)
    fix = page.get_by_role("region", name="Problems").get_by_role("button", name="Apply fix")
    expect(problems(page)).to_have_count(1)
    fix.focus()
    page.keyboard.press("Enter")
    expect(editor(page)).not_to_contain_text("extra")
    expect(editor(page)).to_contain_text("# a run of our own")
    expect(editor(page)).to_contain_text("timeout: 1h # stays")
    expect(problems(page)).to_have_count(0)
    expect(editor(page)).to_be_focused()
    page.keyboard.press("Control+z")
    expect(editor(page)).to_contain_text("- {name: extra, value: x}")
    expect(fix).to_be_visible()


def test_an_object_of_an_old_version_is_converted(new_page):
    page = new_page("/lint", guest=True)
    paste(page, "# mine\n" + GOOD.replace("/v1", "/v1beta1 # old") + "---\n" + GOOD)
    page.get_by_role("region", name="Problems").get_by_role("button", name="Convert to v1").click()
    expect(problems(page)).to_have_count(0)
    expect(editor(page)).to_contain_text("apiVersion: tekton.dev/v1 # old")
    expect(editor(page)).to_contain_text("# mine")


def test_what_can_be_mended_is_accessible(new_page, violations):
    page = new_page("/lint", guest=True)
    paste(page, FIXABLE + GOOD)
    expect(page.get_by_role("button", name="Apply fix")).to_be_visible()
    assert violations(page) == []
