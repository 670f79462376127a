"""Uploading: what is wrong stands at its line, is mended in place, and everything can be published."""

import io
import re
import tarfile

from playwright.sync_api import expect

from acting import fresh

COMPONENT = """\
name: {title}
inputs:
- {{name: text, type: String}}
implementation:
  container:
    image: busybox:1.36
    command: [sh, -ec, "true"]
    args: [{{inputValue: {input}}}]
"""


def upload(page, *files):
    """Each a name and its bytes."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="choose some").click()
    chooser.value.set_files([
        {"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files
    ])


def component(title, input="text"):
    return COMPONENT.format(title=title, input=input).encode()


def test_an_error_stands_at_its_line_and_is_mended_in_place(new_page):
    title = f"Mended {fresh()}"
    page = new_page("/upload")
    upload(page, ("component.yaml", component(title, input="txet")))
    panel = page.get_by_role("region", name="Check of component.yaml")
    note = panel.locator(".note", has_text="Line 8")
    expect(note).to_contain_text("txet")
    expect(page.get_by_text("Nothing was stored: fix 1 error to publish.")).to_be_visible()
    panel.get_by_role("button", name="Edit here").click()
    panel.get_by_label("Text of component.yaml").fill(component(title).decode())
    expect(page.get_by_text("Checked, nothing is stored yet.")).to_be_visible()
    panel.get_by_role("button", name="Show the lines").click()
    expect(note).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Publish mended")).click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def test_two_files_are_published_at_once(new_page, hub):
    titles = [f"Pair {fresh()}", f"Pair {fresh()}"]
    page = new_page("/upload")
    upload(page, *[(f"{number}.yaml", component(title)) for number, title in enumerate(titles)])
    files = page.get_by_role("list", name="Files")
    expect(files.get_by_text("Ready")).to_have_count(2)
    page.get_by_role("button", name="Publish 2 files").click()
    expect(files.get_by_text("Published")).to_have_count(2)
    for title in titles:
        found = hub.get("/api/v1/assets", params={"q": title}).json()["items"]
        assert title in [asset["title"] for asset in found]


def test_a_name_that_is_taken_offers_ways_out(new_page, hub):
    title = f"Taken {fresh()}"
    assert hub.publish(component(title)).status_code == 201
    other = component(title).replace(b"name: text, type: String", b"name: text, type: Integer")
    page = new_page("/upload")
    upload(page, ("component.yaml", other))
    refusal = page.get_by_role("alert").filter(has_text="exists")
    expect(refusal).to_be_visible()
    refusal.get_by_role("button", name="Choose another name").click()
    name = page.get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    page.keyboard.type(f"other-{fresh()}")
    expect(page.get_by_text("New in this namespace.")).to_be_visible()
    name.fill("")
    refusal.get_by_role("button", name=re.compile("Publish as a new version of default.taken-")).click()
    expect(page.get_by_text(re.compile("^The next version of"))).to_be_visible()
    page.get_by_role("button", name=re.compile(r"^Publish taken-\w+ 2\.0\.0")).click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def test_an_archive_is_published_with_its_readme(new_page):
    title = f"Packed {fresh()}"
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for path, data in (("component.yaml", component(title)), ("README.md", b"# Packed\n\nTied with string.\n")):
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    page = new_page("/upload?kind=component")
    upload(page, ("packed.tgz", out.getvalue()))
    page.get_by_role("button", name=re.compile("^Publish packed-")).click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(page.get_by_text("Tied with string.")).to_be_visible()
