"""`component-hub digest`: what Trusted Resources sign, in both forms, and exit codes."""

import hashlib
import os

import pytest

TASK = """\
apiVersion: tekton.dev/v1
kind: Task
metadata:
  name: sums
  annotations: {tekton.dev/signature: c2lnbmVk, tekton.dev/tags: "a<b"}
spec:
  unknown: lost
  params: [{name: count, default: 1}]
  steps:
    - image: busybox
      computeResources: {limits: {cpu: 0.5, memory: 1.5Gi}}
      timeout: 90s
      script: "true && echo $(params.count)"
"""
FORM = (
    r'{"kind":"Task","apiVersion":"tekton.dev/v1","metadata":{"name":"sums","annotations":{"tekton.dev/tags":"a\u003cb"}}'
    r',"spec":{"params":[{"name":"count","type":"string","default":"1"}],"steps":[{"name":"","image":"busybox",'
    r'"computeResources":{"limits":{"cpu":"500m","memory":"1536Mi"}},"script":"true \u0026\u0026 echo $(params.count)",'
    r'"timeout":"1m30s"}]}}'
)


@pytest.fixture
def digest(place, request):
    """digest(text, ...) writes the texts to files and gives what the command did."""
    folder = place.make("digest-" + str(abs(hash(request.node.nodeid)) % 10**8))
    os.chmod(folder, 0o755)

    def run(*texts, options=()):
        files = [folder / f"{i}.yaml" for i in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text)
        command = [place.binary, "digest", *options, *map(str, files)]
        return place.run(*command, env=place.environment(), check=False)

    return run


def test_the_digest_is_that_of_the_canonical_form(digest):
    form = digest(TASK, options=["--canonical"])
    assert (form.returncode, form.stdout.strip()) == (0, FORM)
    assert digest(TASK).stdout == hashlib.sha256(FORM.encode()).hexdigest() + "  Task/sums\n"


def test_the_older_form_has_a_creation_timestamp(digest):
    form = digest(TASK, options=["--canonical", "--created"]).stdout
    assert form.strip() == FORM.replace('"name":"sums",', '"name":"sums","creationTimestamp":null,')


def test_each_document_of_each_file_has_a_line(digest):
    ran = digest(TASK + "---\n" + TASK.replace("sums", "more"), TASK)
    assert [line.split()[1] for line in ran.stdout.splitlines()] == ["Task/sums", "Task/more", "Task/sums"]


def test_what_cannot_be_signed_is_named_and_the_rest_is_done(digest):
    ran = digest(TASK.replace("kind: Task", "kind: TaskRun"), TASK, TASK.replace("90s", "soon"))
    assert ran.returncode == 1
    assert "is signed" in ran.stderr and "soon" in ran.stderr
    assert len(ran.stdout.splitlines()) == 1


def test_wrong_command_lines_and_files_that_are_not_there_exit_with_2(digest, place):
    assert digest().returncode == 2
    assert digest(TASK, options=["--what"]).returncode == 2
    missing = place.run(place.binary, "digest", "/nowhere.yaml", env=place.environment(), check=False)
    assert missing.returncode == 2 and "/nowhere.yaml" in missing.stderr
    assert digest("a: [").returncode == 2
    assert "canonical" in digest(options=["--help"]).stdout
