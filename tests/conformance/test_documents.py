"""Pipelines of other programs as native documents, and native documents as text and drawings.

documents/ holds some of our own with what they become (UPDATE_GOLDEN=1 writes that anew); what other people wrote is in
the corpus (CORPUS). COMPONENT_HUB = the binary (build/release/component-hub).
"""

import collections
import json
import os
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml

from same_run import differences

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDER = HERE / "documents"
BINARY = Path(os.environ.get("COMPONENT_HUB", ROOT / "build/release/component-hub"))
CORPUS = Path(os.environ.get("CORPUS", ROOT / "../shared/corpus"))
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1"
PROBLEM = re.compile(r"^.*?:(\d+):\d+: (error|warning|info): .* \[(\w+)\]$", re.M)
HUB = "component-hub.dev/"
SVG = "{http://www.w3.org/2000/svg}"

OURS = [FOLDER / name for name in ("tekton-run.yaml", "tekton-stream.yaml", "elyra.pipeline", "graph.yaml")]
NATIVE = sorted((ROOT / "catalog/starter/pipelines").glob("*/pipeline.yaml")) + sorted((HERE / "compile/documents").glob("*.yaml"))

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=f"no binary at {BINARY}: make builds it")


class Loader(yaml.CSafeLoader):
    """Timestamps stay texts, as Kubernetes' reader and ours take them; so do on and off, which are texts as typed."""


Loader.yaml_implicit_resolvers = {
    key: [(tag, rule) for tag, rule in rules if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value")]
    for key, rules in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
for key in "yYnNoO":
    rules = Loader.yaml_implicit_resolvers.get(key, [])
    Loader.yaml_implicit_resolvers[key] = [rule for rule in rules if rule[0] != "tag:yaml.org,2002:bool"]


def load(text):
    return yaml.load(text, Loader)


def load_all(text):
    return [document for document in yaml.load_all(text, Loader) if document]


def convert(source, to="native"):
    """source: a path or a text."""
    path, data = (source, None) if isinstance(source, Path) else ("-", source.encode())
    return subprocess.run([BINARY, "convert", "--to", to, path], input=data, capture_output=True, timeout=60)


def problems(result):
    return [(code, int(line), severity) for line, severity, code in PROBLEM.findall(result.stderr.decode())]


def native(source):
    result = convert(source)
    assert result.returncode == 0, result.stderr.decode()
    return load(result.stdout)


def name_of(path):
    return path.parent.name if path.name == "pipeline.yaml" else path.name


def corpus(pattern):
    files = sorted(CORPUS.glob(pattern))
    if not files:
        pytest.skip(f"no corpus at {CORPUS}")
    return files


def examples():
    """(name, text) of Tekton's own examples that have a Pipeline or a PipelineRun."""
    (path,) = corpus("tekton/example-verdicts.jsonl")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found = [(row["file"], row["yaml"]) for row in rows if pipeline_of(load_all(row["yaml"]))]
    assert len(found) > 60
    return found


def pipeline_of(documents):
    """What of a stream is read: the last PipelineRun, else the last Pipeline."""
    for kind in ("PipelineRun", "Pipeline"):
        matching = [d for d in documents if d.get("kind") == kind and str(d.get("apiVersion")).startswith("tekton.dev/")]
        if matching:
            return matching[-1]
    return None


# ---- our own


@pytest.mark.parametrize("path", OURS, ids=name_of)
@pytest.mark.parametrize("to", ["native", "svg"])
def test_it_becomes_the_golden_file(path, to):
    result = convert(path, to)
    assert result.returncode == 0, result.stderr.decode()
    golden = FOLDER / f"{path.name}.{to}.{'svg' if to == 'svg' else 'yaml'}"
    if UPDATE:
        golden.write_bytes(result.stdout)
    assert result.stdout.decode() == golden.read_text(encoding="utf-8")


def test_what_is_not_carried_is_told_with_its_line():
    assert problems(convert(FOLDER / "elyra.pipeline")) == [
        ("file_elsewhere", 8, "warning"),
        ("not_carried", 9, "warning"),
        ("not_carried", 22, "warning"),
    ]
    assert problems(convert(FOLDER / "tekton-stream.yaml")) == [("remote_task", 24, "warning")]


@pytest.mark.parametrize(
    "text, code",
    [
        ("kind: PipelineRun\napiVersion: tekton.dev/v1\nspec: {pipelineRef: {name: far}}", "unknown_pipeline"),
        ("kind: Pipeline\napiVersion: tekton.dev/v1", "missing_field"),
        ("kind: Pipeline\napiVersion: tekton.dev/v1\nspec: {tasks: [{name: a}]}", "missing_implementation"),
        ("kind: Pipeline\napiVersion: tekton.dev/v1\nspec: {tasks: [{name: a, taskRef: {name: x}}, {name: a, taskRef: {name: x}}]}", "duplicate_name"),
        ('{"doc_type": "pipeline", "pipelines": [{"id": "b"}], "primary_pipeline": "a"}', "unknown_pipeline"),
        ("kind: ConfigMap\napiVersion: v1", "unsupported_format"),
        ("a: 1\n---\nb: 2", "yaml_documents"),
        ("a: [", "yaml_syntax"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(text, code):
    result = convert(text)
    assert result.returncode == 1 and result.stdout == b""
    assert code in [c for c, _, severity in problems(result) if severity == "error"], result.stderr.decode()


def test_compiling_takes_documents_of_other_formats():
    result = subprocess.run([BINARY, "compile", "-"], input=b"""
kind: Pipeline
apiVersion: tekton.dev/v1
metadata: {name: one}
spec:
  tasks:
  - name: say
    taskSpec:
      steps: [{name: main, image: busybox, args: [hello]}]
""", capture_output=True, timeout=60)  # fmt: skip
    assert result.returncode == 0, result.stderr.decode()
    (task,) = load(result.stdout)["spec"]["pipelineSpec"]["tasks"]
    assert task["name"] == "say" and task["taskSpec"]["steps"][0]["args"] == ["hello"]


# ---- native documents


def unchanged(path):
    text = path.read_text(encoding="utf-8")
    result = convert(path)
    assert result.returncode == 0, result.stderr.decode()
    assert load(result.stdout) == load(text)
    assert convert(result.stdout.decode()).stdout == result.stdout, "what is written is written the same again"


@pytest.mark.parametrize("path", NATIVE, ids=name_of)
def test_a_native_document_is_the_same_tree_when_written(path):
    unchanged(path)


def test_native_documents_of_other_people_are_the_same_tree_when_written():
    graphs = [p for p in corpus("graph-components/*.yaml") if "graph" in load(p.read_text("utf-8"))["implementation"]]
    assert len(graphs) >= 12
    for path in graphs:
        unchanged(path)


def test_unknown_fields_survive():
    document = load((FOLDER / "graph.yaml").read_text("utf-8"))
    document["x-own"] = {"a": [1, None, "on", "2020-01-01"]}
    document["implementation"]["graph"]["tasks"]["load"]["x-own"] = {"deep": {"er": "ü\n"}}
    assert native(yaml.safe_dump(document, allow_unicode=True)) == document


# ---- Tekton's pipelines of other people: nothing gets lost without a word


def leaves(value):
    """Every scalar of a tree, as text."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif value is not None:
        yield str(value)


def pieces(text):
    """What a text becomes where it mentions variables: the text between, and their names."""
    for part in re.split(r"\$\(|\)", text):
        yield from (name for name in re.split(r"[.\[\]\"'*]+", part) if name)


def silent_losses(text):
    """Scalars of the pipeline that are found nowhere in the native document, where no problem tells of them."""
    result = convert(text)
    if result.returncode:
        return [], [code for code, _, _ in problems(result)]
    written = result.stdout.decode()
    everything = collections.Counter(leaves(load(written)))
    flat = "\n".join([*everything, written])
    source = dict(pipeline_of(load_all(text)))
    source.pop("kind"), source.pop("apiVersion")
    if source["spec"].get("pipelineRef"):
        source["spec"] = source["spec"] | {"pipelineRef": None}  # the name of what stands in the document now
    if "generateName" in source.get("metadata", {}):
        source["metadata"] = source["metadata"] | {"generateName": source["metadata"]["generateName"].rstrip("-")}
    known = {"in", "notin", "system/pipeline_run"}
    lost = []
    for leaf in leaves(source):
        if leaf in everything or leaf in known or leaf in flat or json.dumps(leaf)[1:-1] in flat:
            continue
        if all(piece in flat or piece in ("context", "pipelineRun", "uid", "params", "tasks", "results") for piece in pieces(leaf)):
            continue
        lost.append(leaf)
    return lost, [code for code, _, _ in problems(result)]


def test_no_field_of_tekton_pipelines_is_lost_without_a_word():
    counts = collections.Counter()
    for name, text in [(p.name, p.read_text("utf-8")) for p in corpus("kfp-tekton-pipelineruns/*.yaml")] + examples():
        lost, codes = silent_losses(text)
        counts.update(["documents", *codes])
        # A type that is told by the value itself, and metadata that the API server writes.
        lost = [leaf for leaf in lost if leaf not in ("string",)]
        assert not lost or "not_carried" in codes, (name, lost)
    print(dict(counts))


def test_all_pipelines_of_kfp_tekton_are_read():
    counts = collections.Counter()
    for path in corpus("kfp-tekton-pipelineruns/*.yaml"):
        source, document = load(path.read_text("utf-8")), native(path)
        spec, tasks = source["spec"]["pipelineSpec"], document["implementation"]["graph"]["tasks"]
        assert list(tasks) == [task["name"] for task in spec["tasks"] + spec.get("finally", [])], path.name
        counts["pipelines"] += 1
        for task in spec["tasks"] + spec.get("finally", []):
            inner = tasks[task["name"]]["componentRef"]["spec"]
            custom = task.get("taskRef") or (task["taskSpec"] if "apiVersion" in task["taskSpec"] else {})
            assert inner["kind"] == custom.get("kind", "Task"), path.name
            counts[inner["kind"]] += 1
    print(dict(counts))
    assert counts["pipelines"] == 95 and counts["PipelineLoop"] > 30 and counts["Task"] > 1600 and counts["CEL"] > 5


def test_all_of_elyras_pipelines_are_read():
    counts = collections.Counter()
    for path in corpus("elyra/*.pipeline"):
        source = json.loads(path.read_text("utf-8"))
        if "pipelines" not in source:
            assert convert(path).returncode == 1
            continue
        tasks = native(path)["implementation"]["graph"]["tasks"]
        nodes = [n for n in source["pipelines"][0]["nodes"] if n["type"] == "execution_node"]
        assert len(tasks) == len(nodes), path.name
        known = {n["id"] for n in nodes}
        edges = {(link["node_id_ref"], n["id"]) for n in nodes for p in n.get("inputs", []) for link in p.get("links", []) if link["node_id_ref"] in known}
        after = sum(len(t.get("annotations", {}).get(HUB + "depends-on", [])) for t in tasks.values())
        assert after == len(edges), path.name
        counts.update(pipelines=1, tasks=len(tasks), edges=after)
    print(dict(counts))
    assert counts["pipelines"] == 25


# What compiles to something that is written differently.
OTHERWISE = {
    "loop_with_step_noninlined.yaml": "metadata of a taskRef, which Tekton does not know: not_carried",
    "examples/v1/pipelineruns/alpha/pipelines-in-pipelines.yaml": "flattened: nested_pipeline",
    "examples/v1/pipelineruns/alpha/pipelines-in-pipelines-ref.yaml": "flattened: nested_pipeline",
    "examples/v1/pipelineruns/alpha/pipelines-in-pipelines-ref-complex.yaml": "flattened: nested_pipeline",
    "examples/v1/pipelineruns/pipelinerun-task-execution-status.yaml": "a condition between two texts that never holds",
    "examples/v1/pipelineruns/using-optional-workspaces-in-when-expressions.yaml": "a workspace is bound under two names",
    "examples/v1/pipelineruns/propagating_params_with_scope_precedence_default_only.yaml": "an input that a Task's default would hide is renamed",
}
# What does not compile, each with an error of this code.
REFUSED = {
    "too_large": 1,  # 1,500 tasks
    "unsupported_format": 2,  # custom tasks whose apiVersion has no group
    "unknown_component": 5,  # from resolvers
    "unknown_pipeline": 3,  # likewise
    "type_mismatch": 2,  # a list passed without [*], and one given by a loop
    "array_and_text": 1,  # a list in `when`
}


def test_what_was_read_from_tekton_compiles_to_the_same_run():
    counts, refused = collections.Counter(), collections.Counter()
    for name, text in [(p.name, p.read_text("utf-8")) for p in corpus("kfp-tekton-pipelineruns/*.yaml")] + examples():
        documents = load_all(text)
        source = pipeline_of(documents)
        result = convert(text, "tekton")
        if result.returncode:
            codes = set(re.findall(r"error: .* \[(\w+)\]$", result.stderr.decode(), re.M))
            refused.update(codes & REFUSED.keys())
            counts["refused"] += 1
            assert codes & REFUSED.keys(), (name, codes)
            continue
        found = differences(source, documents, load(result.stdout))
        assert bool(found) == (name in OTHERWISE), (name, found)
        counts["otherwise" if found else "same"] += 1
    print(dict(counts), dict(refused))
    assert refused == REFUSED and counts["same"] >= 150


# ---- drawings


def drawn(source):
    result = convert(source, "svg")
    assert result.returncode == 0, result.stderr.decode()
    root = ElementTree.fromstring(result.stdout)
    assert root.tag == SVG + "svg"
    assert root.find(SVG + "title").text and root.find(SVG + "desc").text
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "defs", "marker", "path", "rect", "line", "g", "text"}
    return root


@pytest.mark.parametrize("path", OURS + NATIVE, ids=name_of)
def test_a_drawing_is_xml_with_a_title_and_a_description(path):
    root = drawn(path)
    titles = [g.find(SVG + "title").text for g in root.iter(SVG + "g") if g.find(SVG + "title") is not None]
    assert len(titles) >= len(native(path)["implementation"]["graph"]["tasks"])


def test_drawings_of_other_people_s_pipelines_are_xml():
    files = corpus("graph-components/*.yaml") + corpus("kfp-tekton-pipelineruns/*.yaml") + corpus("elyra/*.pipeline")
    count = 0
    for path in files:
        if convert(path).returncode == 0:
            drawn(path)
            count += 1
    assert count > 125


def test_nodes_of_a_drawing_do_not_overlap():
    for path in NATIVE + OURS:
        boxes = [
            tuple(float(rect.get(key)) for key in ("x", "y", "width", "height"))
            for rect in drawn(path).iter(SVG + "rect") if rect.get("class") != "paper"
        ]  # fmt: skip
        for i, (x, y, w, h) in enumerate(boxes):
            for u, v, s, t in boxes[i + 1 :]:
                assert x + w <= u or u + s <= x or y + h <= v or v + t <= y, path.name


def test_texts_that_are_no_xml_are_escaped_in_a_drawing():
    root = drawn((FOLDER / "graph.yaml").read_text("utf-8").replace("starter/notify", '"\\x01\\uffff"'))
    texts = [element.text for element in root.iter(SVG + "text")]
    assert "<script>alert(1)</script>" in texts and "a\"b'c&d]]>" in texts and " \ufffd" in texts
