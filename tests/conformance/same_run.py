"""Whether two PipelineRuns mean the same to Tekton: after its defaults, with what they refer to put in, and without
labels, annotations and names of our own.

Two things count as the same that are written differently: an order that a reference to a result says already, and
conditions of a producer repeated at a consumer, which Tekton would skip anyhow.
"""

import json
import re

DEFAULT_TIMEOUT = "1h0m0s"
BY_THEMSELVES = ("name", "taskSpec", "taskRef", "params", "when", "runAfter", "retries", "matrix", "workspaces")


def text(value):
    """["$(params.x[*])"] is another way to write "$(params.x[*])"; scalars are texts."""
    if isinstance(value, list) and len(value) == 1 and re.fullmatch(r"\$\([^)]*\[\*\]\)", str(value[0])):
        return value[0]
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, (list, dict)) else str(value)


def params(entries):
    return {p["name"]: text(p.get("value")) for p in entries or []}


def conditions(entries):
    found = set()
    for entry in entries or []:
        if "cel" in entry:
            found.add(("cel", entry["cel"]))
        elif entry["operator"] == "notin":
            found |= {(entry["input"], "notin", value) for value in entry["values"]}
        else:
            found.add((entry["input"], "in", tuple(entry["values"])))
    return found


def metadata(given):
    kept = {key: dict((given or {}).get(key) or {}) for key in ("labels", "annotations")}
    kept["annotations"] = {k: v for k, v in kept["annotations"].items() if not k.startswith("component-hub.dev/")}
    return {key: value for key, value in kept.items() if value}


def named(documents, kind, name):
    return [d for d in documents if d["kind"] == kind and d["metadata"].get("name") == name][-1]


def task_spec(task, documents):
    ref = task.get("taskRef") or {}
    spec, meta = task.get("taskSpec"), (task.get("taskSpec") or {}).get("metadata")
    if ref.get("name") and (ref.get("apiVersion") or "tekton.dev/").startswith("tekton.dev/"):
        found = named(documents, "Task", ref["name"])
        spec, meta = found["spec"], found["metadata"]
    if spec is None:
        return None
    spec = {**spec, "metadata": metadata(meta)}
    return json.loads(json.dumps(spec, default=str).replace('"computeResources"', '"resources"'))


def task(given, documents):
    matrix = given.get("matrix") or {}
    return {
        **{key: value for key, value in given.items() if key not in BY_THEMSELVES},
        "spec": task_spec(given, documents),
        "ref": None if task_spec(given, documents) else given.get("taskRef"),
        "params": params(given.get("params")),
        "matrix": (params(matrix.get("params")), matrix.get("include")),
        "when": conditions(given.get("when")),
        "after": set(given.get("runAfter") or []),
        "uses": set(re.findall(r"\$\(tasks\.([^.)]+)\.results", json.dumps([given.get(k) for k in ("params", "matrix", "when")]))),
        "retries": given.get("retries") or 0,
        "workspaces": {w["name"]: (w.get("workspace") or w["name"], w.get("subPath")) for w in given.get("workspaces") or []},
    }  # fmt: skip


def without_default_types(declared):
    made = {key: value for key, value in declared.items() if not (key == "type" and value == "string")}
    if "properties" in made:
        made["properties"] = {key: None for key in made["properties"]}
    return made


def declarations(spec, given):
    """The params that are declared or handed on, and their values."""
    declared = {p["name"]: without_default_types(p) for p in spec.get("params") or []}
    for name in given:
        declared.setdefault(name, {"name": name})
    values = {}
    for name, param in declared.items():
        value = given.get(name, text(param.get("default", "")))
        if name in given or "default" in param:
            values[name] = value
        if isinstance(value, (list, dict)):
            param.setdefault("type", "array" if isinstance(value, list) else "object")
        if name in given or "default" in param:
            param.pop("default", None)
    return declared, values


def run(document, documents):
    spec = dict(document["spec"])
    pipeline, ref = spec.pop("pipelineSpec", None), spec.pop("pipelineRef", None)
    pipeline = pipeline or named(documents, "Pipeline", ref["name"])["spec"]
    old_timeout, timeouts = spec.pop("timeout", None), dict(spec.pop("timeouts", None) or {})
    timeouts.setdefault("pipeline", old_timeout or DEFAULT_TIMEOUT)
    template = dict(spec.pop("taskRunTemplate", None) or {})
    template |= {key: spec.pop(key) for key in ("podTemplate", "serviceAccountName") if key in spec}
    declared, values = declarations(pipeline, params(spec.pop("params", None)))
    bindings = {w["name"]: w for w in spec.pop("workspaces", None) or []}
    spaces = {w["name"]: w for w in pipeline.get("workspaces") or []}
    return {
        "metadata": metadata(document["metadata"]),
        "timeouts": timeouts,
        "template": template,
        "task runs": {s["pipelineTaskName"]: s for s in spec.pop("taskRunSpecs", None) or []},
        "params": values,
        "declared": declared,
        "bindings": bindings,
        "workspaces": {name: {"name": name} for name in bindings} | {name: space for name, space in spaces.items() if name in bindings or not space.get("optional")},
        "results": {r["name"]: without_default_types(r) for r in pipeline.get("results") or []},
        "pipeline": {k: v for k, v in pipeline.items() if k not in ("params", "workspaces", "results", "tasks", "finally")},
        "tasks": {t["name"]: task(t, documents) for t in pipeline["tasks"]},
        "finally": {t["name"]: task(t, documents) for t in pipeline.get("finally") or []},
        "rest": spec,
    }  # fmt: skip


def conditions_of(tasks, names, seen=()):
    """The conditions of tasks and of those that they use."""
    found = set()
    for name in set(names) - set(seen):
        if name in tasks:
            found |= tasks[name]["when"] | conditions_of(tasks, tasks[name]["uses"], {*seen, *names})
    return found


def same_but_for_order(one, other, bound, tasks):
    """Takes out of two tasks what counts as the same."""
    for each in (one, other):
        each["workspaces"] = {name: use for name, use in each["workspaces"].items() if use[0] in bound}
    if one["when"] <= other["when"] <= one["when"] | conditions_of(tasks, one["uses"]):
        other["when"] = one["when"]
    uses = one["uses"] | other["uses"]
    for each in (one, other):
        each["after"] -= uses
        each["uses"] = uses


def differences(source, documents, compiled):
    """[(where, in the source, as compiled)]"""
    left, right = run(source, documents), run(compiled, [])
    for kind in ("tasks", "finally"):
        for name in left[kind].keys() & right[kind].keys():
            same_but_for_order(left[kind][name], right[kind][name], left["bindings"], left["tasks"])
    return list(compare(left, right, ""))


def compare(left, right, where):
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys(), key=str):
            yield from compare(left.get(key), right.get(key), f"{where}/{key}")
    elif left != right and not (not left and not right):
        yield where, left, right
