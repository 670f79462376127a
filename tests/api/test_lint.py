"""`component-hub lint`: what Tekton has against its objects, with places, in four forms, and exit codes."""

import json
import os
import pathlib
import re

import pytest

from documents import GOOD_TASK as GOOD, MATRIX_PIPELINE as MATRIX

BAD = """\
apiVersion: tekton.dev/v1
kind: Task
metadata:
  name: bad
spec:
  steps:
    - name: echo
      image: busybox
      script: echo $(params.nobody)
"""


@pytest.fixture
def lint(place, request):
    """lint(text, ...) writes the texts to files a.yaml, b.yaml, … and gives what the command did."""
    folder = place.make("lint-" + str(abs(hash(request.node.nodeid)) % 10**8))
    os.chmod(folder, 0o755)

    def run(*texts, options=(), stdin=None):
        files = []
        for name, text in zip("abcdef", texts):
            file = folder / f"{name}.yaml"
            file.write_text(text)
            files.append(str(file))
        more = {} if stdin is None else {"input": stdin}
        return place.run(
            place.binary, "lint", *options, *files, env=place.environment(), check=False, **more
        )

    return run


def found(done):
    return json.loads(done.stdout)


def test_what_tekton_accepts_is_accepted_without_a_word(lint):
    done = lint(GOOD)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_fault_has_tektons_words_and_a_place(lint):
    done = lint(BAD, options=["--tekton-only"])
    assert done.returncode == 1 and done.stderr == ""
    assert done.stdout.endswith(
        'a.yaml:9:15: error: non-existent variable in "echo $(params.nobody)": spec.steps[0].script '
        "[unknown_variable]\n"
    )


def test_warnings_of_our_own_refuse_nothing_and_can_be_left_out(lint):
    text = GOOD.split("@")[0] + ":latest\n      script: echo hello\n"
    done = lint(text)
    assert done.returncode == 0 and "[image_latest]" in done.stdout
    done = lint(text, options=["--tekton-only"])
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("gate, code", [("stable", 1), ("beta", 0), ("alpha", 0)])
def test_the_gate_decides_what_is_allowed(lint, gate, code):
    done = lint(MATRIX, options=["--gate", gate])
    assert done.returncode == code
    assert ("matrix requires" in done.stdout) == (code == 1)


def test_an_unknown_field_is_told_where_it_stands(lint):
    done = lint(GOOD.replace("script:", "skript:"), options=["--format", "json"])
    (file,) = found(done)
    assert done.returncode == 1 and file["documents"][0]["verdict"] == "undecodable"
    (problem,) = file["problems"]
    assert problem["message"] == 'json: unknown field "skript"'
    assert (problem["path"], problem["line"], problem["column"]) == ("spec.steps[0].skript", 9, 7)


def test_a_parameter_without_a_value_is_an_error_that_tekton_does_not_tell(lint):
    text = "apiVersion: tekton.dev/v1\nkind: TaskRun\nmetadata: {name: r}\n"
    text += "spec: {taskRef: {name: t}, params: [{name: a}]}\n"
    assert lint(text, options=["--tekton-only"]).returncode == 0
    done = lint(text)
    assert done.returncode == 1 and "[missing_value]" in done.stdout


def test_other_objects_are_not_checked_and_say_so(lint):
    done = lint("apiVersion: v1\nkind: Secret\n---\n" + GOOD, options=["--format", "json"])
    (file,) = found(done)
    assert done.returncode == 0
    assert [d["verdict"] for d in file["documents"]] == ["not checked", "accepted"]
    assert file["problems"][0]["severity"] == "info"


def test_a_key_given_twice_is_refused(lint):
    done = lint(GOOD + "kind: Task\n")
    assert done.returncode == 1 and "[yaml_duplicate_key]" in done.stdout


def test_several_files_make_one_answer_and_the_worst_exit_code(lint):
    done = lint(GOOD, BAD, options=["--format", "json"])
    assert done.returncode == 1
    assert [f["documents"][0]["verdict"] for f in found(done)] == ["accepted", "refused"]
    done = lint(GOOD, BAD, "a: [", options=["--format", "json"])
    assert done.returncode == 2 and len(found(done)) == 3


def test_standard_input_and_files_that_are_not_there(lint):
    done = lint(options=["-"], stdin=BAD)
    assert done.returncode == 1 and done.stdout.startswith("<stdin>:")
    done = lint(options=["/nowhere/a.yaml"])
    assert done.returncode == 2 and "/nowhere/a.yaml" in done.stderr


def test_json_is_read_as_well(lint):
    task = {"apiVersion": "tekton.dev/v1", "kind": "Task", "metadata": {"name": "j"}, "spec": {"steps": []}}
    done = lint(json.dumps(task, indent=2))
    assert done.returncode == 1 and "missing field(s): spec.steps" in done.stdout


def test_sarif_has_a_rule_a_level_and_a_region(lint):
    done = lint(BAD, options=["--tekton-only", "--format", "sarif"])
    log = found(done)
    assert log["version"] == "2.1.0"
    (result,) = log["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("unknown_variable", "error")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("a.yaml")
    assert place["region"] == {"startLine": 9, "startColumn": 15}


def test_github_gets_one_command_a_line(lint):
    done = lint(BAD, options=["--tekton-only", "--format", "github"])
    (line,) = done.stdout.splitlines()
    assert line.startswith("::error file=") and ",line=9,col=15,title=unknown_variable::" in line


# ---- --catalog

KNOWN = """\
apiVersion: tekton.dev/v1
kind: Task
metadata: {name: known}
spec:
  params: [{name: text}]
  results: [{name: out}]
  steps: [{image: "i@sha256:0", script: "echo -n '$(params.text)' > $(results.out.path)"}]
"""
USES = """\
apiVersion: tekton.dev/v1
kind: Pipeline
metadata: {name: uses}
spec:
  tasks:
    - name: a
      taskRef: {name: known}
    - name: b
      taskRef: {name: nobody-has-this}
      params: [{name: p, value: $(tasks.a.results.nope)}]
"""


def test_what_a_catalog_has_is_compared(lint, place, request):
    catalog = place.make("catalog-" + str(abs(hash(request.node.nodeid)) % 10**8))
    (catalog / "components" / "known").mkdir(parents=True)
    (catalog / "components" / "known" / "component.yaml").write_text(KNOWN)
    for each in (catalog, catalog / "components", catalog / "components" / "known"):
        os.chmod(each, 0o755)
    assert lint(USES).stdout == ""
    done = lint(USES, options=["--catalog", catalog, "--format", "json"])
    (file,) = found(done)
    assert done.returncode == 1
    assert [(p["code"], p["line"], p["hint"]) for p in file["problems"]] == [
        ("param_required", 6, "compared with starter/known@1.0.0"),
        ("result_unknown", 8, "compared with starter/known@1.0.0"),
    ]
    done = lint(USES, options=["--catalog", catalog, "--tekton-only"])
    assert (done.returncode, done.stdout) == (0, "")


def test_the_help_lists_the_codes_that_the_readme_explains(place):
    root = pathlib.Path(__file__).resolve().parents[2]
    readme = (root / "pipeline-creator" / "tekton" / "README.md").read_text()
    table = readme.split("| code of ours |", 1)[1].split("\n\n", 1)[0]
    codes = [code for row in table.splitlines()[2:] for code in re.findall(r"`([a-z0-9_]+)`", row.split("|")[1])]
    text = place.run(place.binary, "lint", "--help", env=place.environment(), check=False).stdout
    assert len(codes) > 10 and re.findall(r"^  ([a-z0-9_]+) {2,}", text, re.M) == codes
