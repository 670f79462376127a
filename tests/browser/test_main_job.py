"""The main job with a pointer and a keyboard: sign in, find, upload, assemble, compile, launch, watch, find again."""

import re

import pytest
from playwright.sync_api import expect

from acting import Creator, drag, fresh
from chromium import sign_in_link


@pytest.fixture
def upload_file(corpus, tmp_path):
    """Somebody else's component, in bytes that no other test has published."""
    text = (corpus / "component-v1" / "contrib--tables--Remove_header--component.yaml").read_text()
    path = tmp_path / "component.yaml"
    path.write_text(f"{text}\n# {fresh()}\n")
    return path


def test_from_signing_in_to_finding_the_run_again(new_page, hub, upload_file, verdicts_of_tekton, tmp_path):
    page = new_page("/", guest=True)

    # Sign in by the link, find a starter component.
    page.goto("about:blank")
    page.goto(sign_in_link(hub))
    expect(page.get_by_text("Signed in").first).to_be_visible()
    assert "#" not in page.url
    page.keyboard.press("/")
    page.keyboard.type("coin flip")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Coin Flip").first.click()
    expect(page.get_by_role("heading", name="Coin Flip", level=1)).to_be_visible()
    expect(page.get_by_text("Forces the result to heads or tails").first).to_be_visible()

    # Upload somebody else's component.
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Components").click()
    page.get_by_role("link", name="Upload a component").first.click()
    with page.expect_file_chooser() as chooser:
        page.get_by_text("choose", exact=False).first.click()
    chooser.value.set_files(upload_file)
    page.get_by_role("button", name="Publish").first.click()
    expect(page.get_by_role("heading", name="Remove header", level=1)).to_be_visible()

    # Build flip-coin from an empty canvas.
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Pipeline creator").click()
    page.get_by_role("link", name="New pipeline").first.click()
    creator = Creator(page)
    expect(page.get_by_text("Start a pipeline")).to_be_visible()
    creator.place("Coin Flip", 140, 200)
    expect(creator.task("coin-flip")).to_be_visible()
    creator.place("Echo", 480, 120)
    creator.place("Wait", 480, 420)
    expect(creator.task("wait")).to_be_visible()

    # Meet a type error while connecting: refused with its reason, and nothing is connected.
    mouse = drag(page, creator.port("coin-flip", "result", "out"), creator.port("wait", "seconds", "in"))
    expect(page.get_by_text("A String cannot be used where an Integer is wanted").first).to_be_visible()
    mouse.up()
    expect(page.locator(".react-flow__edge")).to_have_count(0)

    # Meet another one in a value: the list of problems leads to its task, where it is mended.
    creator.task("wait").locator("header").click()
    seconds = page.get_by_role("textbox", name="seconds")
    seconds.fill("soon")
    creator.canvas.click(position={"x": 300, "y": 650})
    problem = page.locator(".problems li", has_text="soon").first
    expect(problem).to_be_visible()
    problem.click()
    expect(creator.task("wait")).to_have_attribute("aria-current", "true")
    seconds.fill("2")
    expect(page.locator(".problems")).to_contain_text("None found")

    # The two ways of the coin.
    creator.rename("coin-flip", "flip")
    creator.rename("echo", "heads")
    creator.place("Echo", 480, 270)
    creator.rename("echo", "tails")
    for name, comparison in (("heads", "is"), ("tails", "is not")):
        creator.task(name).locator("header").click()
        inspector = page.locator("#inspector")
        inspector.get_by_role("textbox", name="text").fill(f"It {comparison} heads.")
        inspector.get_by_role("tab", name="Options").click()
        inspector.get_by_role("button", name="Add a condition").click()
        page.get_by_role("menuitemradio", name="flip › result").click()
        page.keyboard.type("heads")
        inspector.get_by_label("Condition 1: comparison").select_option(label=comparison)
        inspector.get_by_role("tab", name="Arguments").click()
    creator.place("Echo", 760, 420)
    creator.rename("echo", "waited")
    creator.connect("wait", "waited_seconds", "waited", "text")
    expect(page.locator(".react-flow__edge")).to_have_count(3)
    page.keyboard.press("Control+z")
    expect(page.locator(".react-flow__edge")).to_have_count(2)
    page.keyboard.press("Control+Shift+z")
    expect(page.locator(".react-flow__edge")).to_have_count(3)

    # Name it, see that it is saved, compile it, download it: Tekton's own code accepts it.
    title = f"Flip {fresh()}"
    page.get_by_text("Untitled pipeline").first.click()
    field = page.get_by_label("Name of the pipeline")
    field.fill(title)
    field.press("Enter")
    expect(page.locator(".creator-top")).to_contain_text("Saved")
    page.get_by_role("button", name="Compile").click()
    expect(page.get_by_label("Compiled Tekton PipelineRun").first).to_contain_text("kind: PipelineRun")
    with page.expect_download() as download:
        page.locator(".yamlpane").get_by_role("button", name="Download").click()
    compiled = tmp_path / "compiled.yaml"
    download.value.save_as(compiled)
    assert verdicts_of_tekton(compiled) == ["accepted"]

    # Launch it here, watch its states change and its log arrive.
    page.get_by_role("button", name="Launch").click()
    page.get_by_role("dialog").get_by_role("button", name="Launch").click()
    expect(page).to_have_url(re.compile("/runs/[0-9a-f-]{36}"))
    expect(page.get_by_text("Running").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^wait")).first.click()
    expect(page.get_by_text("Waiting 2 s.").first).to_be_visible()
    expect(page.locator("h1")).to_contain_text(title)
    expect(page.locator(".runhead")).to_contain_text("Succeeded")
    expect(page.get_by_text("Skipped").first).to_be_visible()

    # Find it in the list after a reload.
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Runs").click()
    page.reload()
    page.get_by_role("link", name=re.compile(title.split()[1])).first.click()
    expect(page.locator(".runhead")).to_contain_text("Succeeded")
