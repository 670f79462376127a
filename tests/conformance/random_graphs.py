"""Random pipelines of other people's components, with every option that documents have.

`Parts` is what pipelines are made of: components that compile by themselves. `graph(parts, seed)` is a document, the
same for the same seed, with the dependencies that it states. Values are made up: such a pipeline is compiled, not run.
"""

import random

import yaml

TEXTS = ["plain", "", "$(params.text)", "$$ $(HOME) $", "{{x}} 'q' \"d\"\n\ttab\n", "on", "1e3", "ü 数",
         "$(tasks.a.results.b)", "x" * 300]
CONSTANTS = {"Integer": ["7", "-1"], "Float": ["0.5", "1e-3"], "Boolean": ["true", "False"],
             "JsonArray": ['["a", "b"]', "[]"], "JsonObject": ['{"a": "b"}', "{}"]}
ALIASES = {"int": "Integer", "integer": "Integer", "float": "Float", "double": "Float", "bool": "Boolean",
           "boolean": "Boolean", "list": "JsonArray", "jsonarray": "JsonArray", "dict": "JsonObject",
           "jsonobject": "JsonObject", "string": "String", "str": "String", "text": "String"}
VALUES = set(CONSTANTS) | {"String"}
KUBERNETES = [
    {"resources": {"requests": {"cpu": "100m"}, "limits": {"memory": "1Gi"}}},
    {"nodeSelector": {"labels": {"disk": "fast"}}},
    {"tolerations": [{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}]},
    {"podMetadata": {"labels": {"app": "x"}, "annotations": {"note": "a b"}}},
    {"secretAsEnv": [{"secretName": "s", "keyToEnv": [{"secretKey": "k", "envVar": "K"}]}]},
    {"configMapAsVolume": [{"configMapName": "c", "mountPath": "/etc/settings"}]},
    {"emptyDirMounts": [{"volumeName": "scratch", "mountPath": "/scratch"}]},
    {"sidecars": [{"name": "proxy", "image": "busybox:1.36", "command": ["sleep", "3600"]}]},
    {"initContainers": [{"name": "first", "image": "busybox:1.36", "command": ["true"]}]},
    {"imagePullPolicy": "Always"},
    {"fieldPathAsEnv": [{"name": "POD", "fieldPath": "metadata.name"}]},
]


def type_of(port):
    kind = port.get("type")
    if kind is None:
        return ""
    if not isinstance(kind, str):
        kind = next(iter(kind)) if isinstance(kind, dict) and kind else "?"
    return ALIASES.get(kind.lower(), kind)


def fits(given, wanted):
    return not given or not wanted or given == wanted or (given, wanted) in {
        ("Integer", "Float"), ("Integer", "String"), ("Float", "String"), ("Boolean", "String")}


class Part:
    def __init__(self, name, text):
        self.name, self.text = name, text
        self.document = document = yaml.load(text, Loader=yaml.CSafeLoader)
        self.inputs = document.get("inputs") or []
        self.outputs = document.get("outputs") or []
        container = document["implementation"]["container"]
        written = str([container.get(key) for key in ("command", "args", "env")]) + str(container.get("fileOutputs"))
        # an output that the program never writes cannot be used
        self.made = [port for port in self.outputs if f"'{port['name']}'" in written or f'"{port["name"]}"' in written]
        # the value of these decides about the command line: it has to be known
        self.decisive = {port["name"] for port in self.inputs if f"'cond': {{'inputValue': '{port['name']}'}}" in written}

    def reference(self, pick):
        if self.name.startswith("starter/"):
            return {"name": self.name}
        return {"text": self.text} if pick.random() < 0.5 else {"spec": self.document}


def from_output(task, port):
    return {"taskOutput": {"taskId": task, "outputName": port}}


class Level:
    """One graph while it is made: the document's, or a group in it."""

    def __init__(self, pick, parts, depth=0):
        self.pick, self.parts, self.depth = pick, parts, depth
        self.inputs, self.tasks, self.handlers = {}, {}, {}
        self.outputs = []  # (task, port name, type, whether of a loop)
        self.edges = set()  # (from task, to task): what has to stand behind what

    def input_of(self, kind):
        name = f"in {kind}" if kind else "in anything"
        port = {"name": name, **({"type": kind} if kind else {})}
        if kind in VALUES and self.pick.random() < 0.7:
            port["default"] = self.pick.choice(CONSTANTS.get(kind, TEXTS))
        self.inputs.setdefault(name, port)
        return {"graphInput": {"inputName": name}}

    def value_for(self, task, kind):
        """An argument, or None to leave it out."""
        found = [o for o in self.outputs if fits("JsonArray" if o[3] else o[2], kind)]
        choice = self.pick.random()
        if found and choice < 0.5:
            made = self.pick.choice(found)
            self.edges.add((made[0], task))
            return from_output(made[0], made[1])
        if choice < 0.75:
            return self.input_of(kind)
        if kind in CONSTANTS:
            return self.pick.choice(CONSTANTS[kind])
        if kind in ("String", "") and choice < 0.8:
            return {"dynamicData": {self.pick.choice(["system/pipeline_run.name", "system/pipeline_run.id"]): {}}}
        return self.pick.choice(TEXTS)

    def template(self, task):
        parts = ["text ", self.input_of("String"), self.pick.choice(TEXTS)]
        values = [o for o in self.outputs if o[2] == "String" and not o[3]]
        if values:
            made = self.pick.choice(values)
            self.edges.add((made[0], task))
            parts.append(from_output(made[0], made[1]))
        return parts

    def operand(self, task, constant=True):
        values = [o for o in self.outputs if o[2] in VALUES - {"JsonArray", "JsonObject"} and not o[3]]
        if values and self.pick.random() < 0.6:
            made = self.pick.choice(values)
            self.edges.add((made[0], task))
            return from_output(made[0], made[1])
        if constant and self.pick.random() < 0.5:
            return self.pick.choice(["", "5", "a b", "$5"])
        return self.input_of("String")

    def predicate(self, task, depth=0):
        choice = self.pick.random()
        if depth < 2 and choice < 0.3:
            two = {"op1": self.predicate(task, depth + 1), "op2": self.predicate(task, depth + 1)}
            return {self.pick.choice(["and", "or"]): two}
        if depth < 2 and choice < 0.4:
            return {"not": self.predicate(task, depth + 1)}
        operator = self.pick.choice(["==", "!=", "==", "<", "<=", ">", ">="])
        # two constants would be compared while compiling, and what stands beside them need not be waited for
        return {operator: {"op1": self.operand(task, constant=False), "op2": self.operand(task)}}

    def looped_port(self, part):
        """The input that gets the items, or None: mostly tasks are no loops."""
        ports = [p["name"] for p in part.inputs if type_of(p) in ("String", "") and p["name"] not in part.decisive]
        return self.pick.choice(ports) if ports and self.pick.random() < 0.08 else None

    def iterate(self, port):
        loop = {"input": port, "over": self.pick.choice([["a", "b"], ["x y", "ü", ""]])}
        return loop | ({"parallelism": 1} if self.pick.random() < 0.3 else {})

    def settings(self, task, made, handler):
        annotations = made["annotations"]
        if self.pick.random() < 0.2:
            annotations["component-hub.dev/timeout"] = self.pick.choice(["90s", "1h30m", "0"])
        if self.pick.random() < 0.2 and self.tasks and not handler:
            other = self.pick.choice(list(self.tasks))
            annotations["component-hub.dev/depends-on"] = [other]
            self.edges.add((other, task))
        if self.pick.random() < 0.15:
            made["executionOptions"] = {"retryStrategy": {"maxRetries": self.pick.randint(1, 3)}}
        elif self.pick.random() < 0.1:
            annotations["component-hub.dev/on-error"] = "continue"
        if self.pick.random() < 0.2:
            annotations["component-hub.dev/kubernetes"] = self.pick.choice(KUBERNETES)

    def add_task(self, task):
        part = self.pick.choice(self.parts)
        handler = self.depth == 0 and self.tasks and self.pick.random() < 0.08
        arguments, annotations = {}, {}
        loop = None if handler else self.looped_port(part)
        for port in part.inputs:
            name, kind = port["name"], type_of(port)
            if name == loop:
                annotations["component-hub.dev/iterate"] = self.iterate(port["name"])
                continue
            if (port.get("optional") or "default" in port) and self.pick.random() < 0.5:
                continue
            if name in part.decisive:
                arguments[name] = "true"
            elif kind in ("String", "") and self.pick.random() < 0.1:
                annotations.setdefault("component-hub.dev/template", {})[name] = self.template(task)
            else:
                arguments[name] = self.value_for(task, kind)
        made = {"componentRef": part.reference(self.pick), "arguments": arguments, "annotations": annotations}
        if self.pick.random() < 0.2 and not handler:
            made["isEnabled"] = self.predicate(task)
        self.settings(task, made, handler)
        if handler:
            annotations["component-hub.dev/exit-handler"] = True
            self.handlers[task] = made
            return
        self.tasks[task] = made
        for port in part.made:
            kind = type_of(port)
            if not loop or kind in VALUES:  # files of a loop cannot be collected
                self.outputs.append((task, port["name"], kind, bool(loop)))

    def add_group(self, task):
        inner = Level(self.pick, self.parts, self.depth + 1)
        inner.fill(self.pick.randint(1, 3), "inner")
        arguments = {}
        for name, port in inner.inputs.items():
            if "default" not in port or self.pick.random() < 0.5:
                arguments[name] = self.value_for(task, port.get("type", ""))
        # what a group is given its tasks need not use, or only under a condition that is decided while compiling
        self.edges = {edge for edge in self.edges if edge[1] != task}
        made = {"componentRef": {"spec": inner.component(f"Group {task}")}, "arguments": arguments, "annotations": {}}
        if self.pick.random() < 0.2:
            made["isEnabled"] = self.predicate(task)
        self.tasks[task] = made
        self.outputs += [(task, name, kind, False) for name, kind, _ in inner.exported]

    def fill(self, count, prefix):
        for number in range(count):
            task = f"{self.pick.choice([prefix, prefix.title(), 'a/b', 'ü', 'x.y'])} {number}"
            if self.depth < 2 and self.pick.random() < 0.12:
                self.add_group(task)
            else:
                self.add_task(task)

    def component(self, name):
        """The graph as a component; some of what its tasks make are its outputs."""
        exported = [o for o in self.outputs if not o[3] and o[2] and self.pick.random() < 0.3][:4]
        self.exported = [(f"out {n}", o[2], from_output(o[0], o[1])) for n, o in enumerate(exported)]
        return {
            "name": name,
            "inputs": list(self.inputs.values()),
            "outputs": [{"name": n, "type": kind} for n, kind, _ in self.exported],
            "implementation": {"graph": {
                "tasks": self.tasks | self.handlers, "outputValues": {n: value for n, _, value in self.exported},
            }},
        }


def graph(parts, seed):
    """The document and its edges at the top level, as pairs of task ids."""
    pick = random.Random(seed)
    level = Level(pick, parts)
    level.fill(pick.randint(1, 14), "task")
    document = level.component(f"Random {seed}")
    if pick.random() < 0.3:
        document["metadata"] = {"annotations": {"component-hub.dev/options": pick.choice([
            {"timeouts": {"pipeline": "2h"}}, {"artifacts": {"size": "5Gi", "accessMode": "ReadWriteMany"}},
            {"artifacts": {"claim": "shared"}}, {"serviceAccountName": "runner"},
            {"podTemplate": {"nodeSelector": {"zone": "a"}}}])}}
    return document, {(a, b) for a, b in level.edges if a in level.tasks and b in level.tasks}
