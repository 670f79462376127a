"""The compiler against its golden files and against Tekton's own admission code.

Environment: COMPONENT_HUB = the binary (build/release/component-hub), TEKTON_ORACLE = the oracle of
tests/conformance/tekton (build/tekton-oracle), UPDATE_GOLDEN=1 writes the golden files anew.
Documents say in comments what they show, `# params: name=value` how they are compiled (one a line) and, those in
wrong/, `# expect: code@line …` which problems they have. What comes out of those that are right on a real Tekton stands in
`# outcome:` and further lines, which tests/cluster/test_goldens.py explains.
"""

import json
import os
import random
import re
import subprocess
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDER = HERE / "compile"
CATALOG = ROOT / "catalog" / "starter"
BINARY = Path(os.environ.get("COMPONENT_HUB", ROOT / "build/release/component-hub"))
ORACLE = Path(os.environ.get("TEKTON_ORACLE", ROOT / "build/tekton-oracle"))
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1"
PROBLEM = re.compile(r"^.*?:(\d+):\d+: (error|warning|info): .* \[(\w+)\]$", re.M)

TEXTS = ["plain", "", "$(params.text)", "$$ $(HOME) $", "{{x}} 'q' \"d\"\n\ttab\n", "on", "1e3", "ü 数", "$(tasks.a.results.b)"]

DOCUMENTS = sorted((FOLDER / "documents").glob("*.yaml"))
WRONG = sorted((FOLDER / "wrong").glob("*.yaml"))
STARTER = sorted((CATALOG / "pipelines").glob("*/pipeline.yaml"))

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=f"no binary at {BINARY}: make builds it")


def name_of(path):
    return f"starter/{path.parent.name}" if path.name == "pipeline.yaml" else path.stem


def comments(path, key):
    return re.findall(rf"^# {key}: (.*)$", path.read_text(encoding="utf-8"), re.M)


def compile_document(path, *options):
    arguments = [BINARY, "compile", "--catalog", CATALOG, *options, path]
    for parameter in comments(path, "params"):
        arguments[2:2] = ["-p", parameter]
    return subprocess.run(arguments, capture_output=True, timeout=60)


def problems(result):
    return [(code, int(line), severity) for line, severity, code in PROBLEM.findall(result.stderr.decode())]


@pytest.fixture(scope="module")
def oracle():
    if not ORACLE.exists():
        pytest.skip(f"no Tekton oracle at {ORACLE}: it needs Go (see tests/conformance/tekton)")
    process = subprocess.Popen([ORACLE, "-serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def judge(text):
        process.stdin.write(json.dumps({"text": text}) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield judge
    process.stdin.close()
    process.wait(timeout=10)


def compiled(path):
    """The manifest as bytes; a starter pipeline may use what cannot be compiled yet."""
    result = compile_document(path)
    errors = [code for code, _, severity in problems(result) if severity == "error"]
    if path in STARTER and errors and all(code.startswith("unsupported_") for code in errors):
        pytest.skip(f"cannot be compiled yet: {', '.join(sorted(set(errors)))}")
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout


@pytest.mark.parametrize("path", DOCUMENTS + STARTER, ids=name_of)
def test_compiles_to_the_golden_file(path):
    manifest = compiled(path)
    golden = FOLDER / "golden" / f"{name_of(path)}.yaml"
    if UPDATE:
        golden.parent.mkdir(exist_ok=True)
        golden.write_bytes(manifest)
    assert golden.exists(), "UPDATE_GOLDEN=1 writes it"
    assert manifest.decode() == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", DOCUMENTS + STARTER, ids=name_of)
def test_compiles_to_the_same_bytes_twice(path):
    assert compiled(path) == compiled(path)


@pytest.mark.parametrize("path", DOCUMENTS + STARTER, ids=name_of)
def test_yaml_and_json_say_the_same(path):
    manifest = compiled(path)
    as_json = compile_document(path, "--output", "json").stdout
    assert yaml.safe_load(manifest) == json.loads(as_json)


@pytest.mark.parametrize("path", DOCUMENTS + STARTER, ids=name_of)
def test_tekton_accepts_it(path, oracle):
    verdicts = oracle(compiled(path).decode())
    assert [v["verdict"] for v in verdicts] == ["accepted"], verdicts


@pytest.mark.parametrize("path", DOCUMENTS + STARTER, ids=name_of)
def test_tekton_accepts_its_resources_each_by_itself(path, oracle):
    compiled(path)
    verdicts = oracle(compile_document(path, "--as", "resources").stdout.decode())
    assert {v["verdict"] for v in verdicts} == {"accepted"}, verdicts
    assert [v["kind"] for v in verdicts][-2:] == ["Pipeline", "PipelineRun"]


@pytest.mark.parametrize("path", WRONG, ids=name_of)
def test_problems_are_told_with_their_place(path):
    result = compile_document(path)
    expected = [(code, int(line)) for code, line in (e.split("@") for e in comments(path, "expect")[0].split())]
    assert result.returncode == 1
    assert result.stdout == b""
    assert [(code, line) for code, line, _ in problems(result)] == expected, result.stderr.decode()


@pytest.mark.parametrize("path", DOCUMENTS + WRONG, ids=name_of)
def test_checking_says_what_compiling_says(path):
    full, check = compile_document(path), compile_document(path, "--check")
    assert (check.returncode, check.stderr) == (full.returncode, full.stderr)
    assert check.stdout == b""


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_it_says_what_comes_out_on_a_cluster(path):
    """The lines are those of tests/cluster/test_goldens.py, which says what they mean."""
    outcomes, refusals = comments(path, "outcome"), comments(path, "cluster")
    assert len(outcomes) + len(refusals) == 1, "`# outcome: …` or `# cluster: no – reason`"
    assert all(outcome in ("Succeeded", "Failed") for outcome in outcomes)
    assert all(re.fullmatch(r"no – .{10,}", refusal) for refusal in refusals)
    assert outcomes or not any(comments(path, key) for key in ("skipped", "failed", "results", "prints"))


def random_document(seed):
    """A pipeline of starter components with any mix of edges, conditions and settings that is valid."""
    pick = random.Random(seed)
    tasks, handlers, values, files = {}, {}, [], []
    for number in range(pick.randint(1, 25)):
        task_id = pick.choice(["task", "Task", "a/b", "ü", "x.y", "$(params.x)"]) + f" {number}"
        annotations, enabled = {}, {}
        if pick.random() < 0.3 and files:
            component, arguments = "sha256-of-file", {"file": {"taskOutput": pick.choice(files)}}
            made = ([(task_id, "sha256"), (task_id, "size")], [])
        elif pick.random() < 0.3:
            component, arguments, made = "write-text", {"text": pick.choice(TEXTS)}, ([], [(task_id, "file")])
        else:
            component, arguments = "echo", {}
            choice = pick.random()
            if choice < 0.4 and values:
                arguments["text"] = {"taskOutput": pick.choice(values)}
            elif choice < 0.6:
                arguments["text"] = {"graphInput": {"inputName": pick.choice(["text", "other"])}}
            elif choice < 0.8:
                arguments["text"] = pick.choice(TEXTS)
            elif choice < 0.9:
                parts = [pick.choice(TEXTS), {"graphInput": {"inputName": "other"}}, pick.choice(TEXTS)]
                parts += [{"taskOutput": pick.choice(values)}] if values else []
                annotations["component-hub.dev/template"] = {"text": parts}
            made = ([(task_id, "output")], [(task_id, "output")])
        looped = component == "echo" and len(tasks) > 0 and pick.random() < 0.3
        if looped:
            over = pick.choice([TEXTS[:3], TEXTS, [], {"graphInput": {"inputName": "list"}}] + [
                {"taskOutput": {**value, "type": "JsonArray"}} for value in values])
            arguments.pop("text", None)
            annotations.pop("component-hub.dev/template", None)
            annotations["component-hub.dev/iterate"] = {"input": "text", "over": over}
            if pick.random() < 0.3 and isinstance(over, list):
                annotations["component-hub.dev/iterate"]["parallelism"] = pick.randint(1, 3)
        if pick.random() < 0.2:
            annotations["component-hub.dev/timeout"] = pick.choice(["90s", "1h30m", "0"])
        if pick.random() < 0.2 and tasks:
            annotations["component-hub.dev/depends-on"] = [pick.choice(list(tasks))]
        if pick.random() < 0.2:
            left = {"taskOutput": pick.choice(values)} if values and pick.random() < 0.7 else {
                "graphInput": {"inputName": "text"}
            }
            right = {"graphInput": {"inputName": "other"}} if pick.random() < 0.2 else pick.choice(["", "a b", "$5", "'"])
            enabled = {"isEnabled": {pick.choice(["==", "!=", "<", ">="]): {"op1": left, "op2": right}}}
            if pick.random() < 0.3:
                enabled = {"isEnabled": {"or": [enabled["isEnabled"], {"==": [{"graphInput": {"inputName": "other"}}, "x"]}]}}
        options = {"executionOptions": {"retryStrategy": {"maxRetries": 2}}} if pick.random() < 0.1 else {}
        if not options and not looped and pick.random() < 0.1:
            annotations["component-hub.dev/on-error"] = "continue"
        computed = "or" in str(enabled) or "<" in str(enabled) or ">=" in str(enabled) or "other" in str(enabled)
        handler = pick.random() < 0.08 and "component-hub.dev/depends-on" not in annotations and not computed and tasks
        handler = handler and not looped
        if handler:
            annotations["component-hub.dev/exit-handler"] = True
        tasks_of = tasks if not handler else handlers
        tasks_of[task_id] = {
            "componentRef": {"name": f"starter/{component}"}, "arguments": arguments, "annotations": annotations,
            **enabled, **options,
        }
        if not handler:
            values += [{"taskId": t, "outputName": o} for t, o in made[0]]
            files += [{"taskId": t, "outputName": o} for t, o in made[1]]
    return {
        "name": f"Random {seed}",
        "inputs": [{"name": "text", "default": pick.choice(TEXTS)}, {"name": "other", "default": ""},
                   {"name": "list", "default": ["x", "$(params.text)"]}],
        "outputs": [{"name": "out", "type": "String"}] if values else [],
        "implementation": {
            "graph": {"tasks": tasks | handlers, "outputValues": {"out": {"taskOutput": pick.choice(values)}} if values else {}}
        },
    }


@pytest.mark.parametrize("seed", range(60))
def test_tekton_accepts_random_pipelines(seed, oracle, tmp_path):
    path = tmp_path / "random.yaml"
    path.write_text(yaml.safe_dump(random_document(seed), allow_unicode=True), encoding="utf-8")
    verdicts = oracle(compiled(path).decode())
    assert [v["verdict"] for v in verdicts] == ["accepted"], verdicts


def rbac(path, *options):
    result = compile_document(path, "--as", "rbac", *options)
    return result, list(yaml.safe_load_all(result.stdout)) if result.returncode == 0 else None


def test_permissions_are_those_that_components_and_tasks_ask_for():
    _, (account, role, binding) = rbac(FOLDER / "documents" / "kubernetes-resources-made.yaml")
    assert [account["kind"], role["kind"], binding["kind"]] == ["ServiceAccount", "Role", "RoleBinding"]
    assert role["rules"] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["persistentvolumeclaims"], "verbs": ["create"]},
        {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["create", "get"]},
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["create", "get", "patch", "update", "delete"]},
    ]
    assert {account["metadata"]["name"], role["metadata"]["name"], binding["metadata"]["name"]} == {"maker"}
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "maker"}]
    assert binding["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "maker"}


def asking(rules, kubernetes=None):
    annotations = {"component-hub.dev/rbac": rules} | (
        {"component-hub.dev/kubernetes": kubernetes} if kubernetes else {})
    task = {"componentRef": {"name": "starter/echo"}, "annotations": annotations}
    return {"name": "Asks", "implementation": {"graph": {"tasks": {"a": task, "b": {"componentRef": {"name": "starter/echo"}}}}}}


def test_each_account_gets_its_own_rules(tmp_path):
    path = tmp_path / "asks.yaml"
    rules = [{"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["one"], "verbs": ["get"]}]
    path.write_text(yaml.safe_dump(asking(rules, {"serviceAccountName": "own"})), encoding="utf-8")
    result, (account, role, _) = rbac(path)
    assert (account["metadata"]["name"], role["rules"], problems(result)) == ("own", rules, [])
    path.write_text(yaml.safe_dump(asking(rules)), encoding="utf-8")
    result, (account, _, _) = rbac(path)
    assert account["metadata"]["name"] == "asks"
    assert b"serviceAccountName: asks" in result.stderr


def test_who_asks_for_nothing_gets_nothing():
    result, objects = rbac(FOLDER / "documents" / "value-passing.yaml")
    assert (result.stdout, objects) == (b"", [])
    result = compile_document(FOLDER / "documents" / "value-passing.yaml", "--as", "rbac", "--output", "json")
    assert json.loads(result.stdout)["items"] == []


@pytest.mark.parametrize("rules", [{"verbs": ["get"]}, [{"verbs": "get"}], [{"verbs": ["get"], "nonResourceURLs": ["/"]}]], ids=str)
def test_rules_that_are_none_are_refused(rules, tmp_path):
    path = tmp_path / "asks.yaml"
    path.write_text(yaml.safe_dump(asking(rules)), encoding="utf-8")
    result, _ = rbac(path)
    assert result.returncode == 1
    assert [severity for code, _, severity in problems(result) if code == "invalid_rbac"] == ["error"]


def test_every_golden_file_has_its_document():
    names = {name_of(path) for path in DOCUMENTS + STARTER}
    golden = FOLDER / "golden"
    assert {str(path.relative_to(golden).with_suffix("")) for path in golden.rglob("*.yaml")} <= names


@pytest.mark.parametrize(
    "arguments",
    [[], ["a", "b"], ["--output", "xml", "a"], ["-p", "novalue", "a"], ["--nonsense"], ["/no/such/file"],
     ["--catalog", "/no/such/folder", "-"]],
    ids=" ".join,
)
def test_a_wrong_command_line_is_exit_code_2(arguments):
    result = subprocess.run([BINARY, "compile", *arguments], capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    assert result.returncode == 2
    assert result.stderr


def test_a_document_is_read_from_standard_input():
    text = (FOLDER / "documents" / "value-passing.yaml").read_bytes()
    result = subprocess.run(
        [BINARY, "compile", "--catalog", CATALOG, "-"], input=text, capture_output=True, timeout=60
    )
    assert result.stdout == (FOLDER / "golden" / "value-passing.yaml").read_bytes()
