"""Every component of the collections in $CORPUS, compiled as a pipeline of one task, and Tekton's own code as the judge.

Its required inputs are inputs of the pipeline, its outputs those of the pipeline. What is refused stands in the tables
with the codes; a test of each collection prints how many there are. Environment: as in test_compile_golden.py, and
CORPUS = the folder with the collections; without it these tests are skipped.
"""

import json
import os
from pathlib import Path

import pytest
import yaml

from test_compile_golden import PROBLEM, ROOT, compile_document
from test_compile_golden import oracle  # noqa: F401 – a fixture

CORPUS = Path(os.environ.get("CORPUS", ROOT.parent / "shared" / "corpus"))
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no collections at {CORPUS}")

TEKTON_TYPES = {"string": "String", "array": "JsonArray", "object": "JsonObject"}

REFUSED_V1 = {
    # the place of the image is left to whoever fills in a template
    "PyTorch--pytorch-kfp-components--templates--ax_train_component.yaml": {"component_invalid"},
    "contrib--azure--azuredevops--queue-pipeline--component.yaml": {"component_invalid"},
    "contrib--azure--azureml--aml-register-model--component.yaml": {"component_invalid"},
    "contrib--azure--azuresynapse--runsparkjob--component.yaml": {"component_invalid"},
    # an output is written to /output.txt, over whose folder no volume can be put
    "aws--athena--query--component.yaml": {"unsupported_file_output"},
    "aws--emr--create_cluster--component.yaml": {"unsupported_file_output"},
    "aws--emr--submit_pyspark_job--component.yaml": {"unsupported_file_output"},
    "aws--emr--submit_spark_job--component.yaml": {"unsupported_file_output"},
    # uses components that are not in the collection
    "contrib--XGBoost--Train_and_cross-validate_regression--from_CSV--component.yaml": {"unknown_component"},
}
REFUSED_GRAPHS = {
    # wants several nodes for a task, which only its authors' launcher gives
    "TangleML-tangle-ui--public--example-pipelines--Intro-Multinode.pipeline.component.yaml": {"unsupported_multi_node"},
    # wrong or empty, as their names say
    "Cloud-Pipelines-pipeline-editor--src--DragNDrop--testData--name_collision_test.pipeline.component.yaml": {
        "output_not_produced"
    },
    "TangleML-tangle-ui--public--example-pipelines--validation-errors-demo.pipeline.component.yaml": {
        "component_invalid"
    },
    "TangleML-tangle-ui--public--tour-pipelines--Empty-Pipeline.pipeline.component.yaml": {"no_tasks"},
}


def pipeline(reference, inputs, outputs):
    """inputs: [(name, type or None)] that are required; outputs: likewise."""
    port = lambda name, kind: {"name": name} | ({"type": kind} if kind else {})
    return {
        "name": "One task",
        "inputs": [port(*one) for one in inputs],
        "outputs": [port(*one) for one in outputs],
        "implementation": {"graph": {
            "tasks": {"it": {
                "componentRef": reference,
                "arguments": {name: {"graphInput": {"inputName": name}} for name, _ in inputs},
            }},
            "outputValues": {name: {"taskOutput": {"taskId": "it", "outputName": name}} for name, _ in outputs},
        }},
    }


def codes_of(document, folder):
    """(codes of errors, manifest) of a document as a tree."""
    path = folder / "document.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    result = compile_document(path)
    codes = {code for _, severity, code in PROBLEM.findall(result.stderr.decode()) if severity == "error"}
    assert (result.returncode == 0) == (not codes), result.stderr.decode()
    return codes, result.stdout.decode()


def judge_all(cases, refused, folder, oracle):  # noqa: F811
    """cases: [(name, document)]. Returns how many compile and how many there are."""
    wrong, compiled = {}, 0
    for name, document in cases:
        codes, manifest = codes_of(document, folder)
        verdicts = [] if codes else oracle(manifest)
        if codes != refused.get(name, set()):
            wrong[name] = sorted(codes)
        elif not codes and [v["verdict"] for v in verdicts] != ["accepted"]:
            wrong[name] = verdicts
        compiled += not codes
    assert not wrong
    assert set(refused) <= {name for name, _ in cases}
    return compiled, len(cases)


def report(capsys, what, counts, refused):
    with capsys.disabled():
        print(f"\n{what}: {counts[0]} of {counts[1]} compile and are accepted by Tekton; "
              f"refused: {', '.join(sorted({code for codes in refused.values() for code in codes})) or 'none'}")


def component_spec_cases(folder):
    for path in sorted((CORPUS / folder).glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        spec = yaml.safe_load(text)
        inputs = [(one["name"], one.get("type")) for one in spec.get("inputs") or []
                  if not one.get("optional") and one.get("default") is None]
        made = json.dumps(spec["implementation"])
        outputs = [(one["name"], one.get("type")) for one in spec.get("outputs") or [] if json.dumps(one["name"]) in made]
        yield path.name, pipeline({"text": text}, inputs, outputs)


@pytest.mark.parametrize("folder, refused, least", [("component-v1", REFUSED_V1, 88), ("graph-components", REFUSED_GRAPHS, 10)])
def test_component_specs(folder, refused, least, tmp_path, oracle, capsys):  # noqa: F811
    counts = judge_all(list(component_spec_cases(folder)), refused, tmp_path, oracle)
    report(capsys, folder, counts, refused)
    assert counts[0] >= least


def ir_components():
    """(name, the IR of this component alone as the SDK writes it) of all components that an executor stands behind."""
    for path in sorted((CORPUS / "kfp-ir").glob("*")):
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            executors = ((document or {}).get("deploymentSpec") or {}).get("executors", {})
            for name, component in ((document or {}).get("components") or {}).items():
                label = component.get("executorLabel")
                if label not in executors:
                    continue
                short = name.removeprefix("comp-")
                yield f"{path.name} {name}", component, executors[label], {
                    "pipelineInfo": {"name": short}, "schemaVersion": "2.1.0", "components": {name: component},
                    "deploymentSpec": {"executors": {label: executors[label]}},
                    "root": {"dag": {"tasks": {short: {"componentRef": {"name": name}, "taskInfo": {"name": short}}}}},
                }


def ir_case(component, executor, ir):
    both = ("parameters", "artifacts")
    defined = lambda side: [(name, one) for kind in both for name, one in component.get(side, {}).get(kind, {}).items()]
    inputs = [(name, None) for name, one in defined("inputDefinitions") if not one.get("isOptional")]
    made = json.dumps(executor)
    outputs = [(name, None) for name, _ in defined("outputDefinitions") if f"outputs.parameters['{name}']" in made
               or f"outputs.artifacts['{name}']" in made]
    return pipeline({"text": json.dumps(ir)}, inputs, outputs)


def test_components_of_kfp_ir(tmp_path, oracle, capsys):  # noqa: F811
    cases, refused = [], {}
    for name, component, executor, ir in ir_components():
        cases.append((name, ir_case(component, executor, ir)))
        if "{{$}}" in json.dumps(executor) or "container" not in executor:
            refused[name] = {"ir_component_unsupported"}
    counts = judge_all(cases, refused, tmp_path, oracle)
    report(capsys, "components of kfp-ir", counts, refused)
    assert counts[0] >= 52


def tekton_tasks():
    lines = (CORPUS / "tekton" / "example-verdicts.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        row = json.loads(line)
        documents = [one for one in yaml.safe_load_all(row["yaml"]) if one and "tekton.dev" in one["apiVersion"]]
        assert len(documents) == len(row["documents"])
        for number, (document, verdict) in enumerate(zip(documents, row["documents"])):
            if document["kind"] in ("Task", "StepAction") and verdict["beta"] == ["OK"]:
                yield f"{row['file'].removeprefix('examples/')} {number + 1}", document


def task_case(task):
    spec = task["spec"]
    kind_of = lambda one: TEKTON_TYPES[one.get("type") or ("object" if "properties" in one else "string")]
    inputs = [(one["name"], kind_of(one)) for one in spec.get("params", []) if "default" not in one]
    return pipeline({"spec": task}, inputs, [(one["name"], kind_of(one)) for one in spec.get("results", [])])


def test_tasks_of_tekton(tmp_path, oracle, capsys):  # noqa: F811
    cases = [(name, task_case(task)) for name, task in tekton_tasks()]
    counts = judge_all(cases, {}, tmp_path, oracle)
    report(capsys, "Tasks and StepActions of Tekton's examples", counts, {})
    assert counts[0] >= 72
