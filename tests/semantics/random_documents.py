"""Random pipeline documents of which a run shows everything: each task prints the inputs that it got, byte by byte.

`document(seed)` gives the same document and parameters for the same seed and FEATURES. All tasks run one fixed script
that takes a small program as arguments (PROGRAM below says what there is); meaning.py interprets the same arguments.
"""

import json
import random
import re

import yaml

SCRIPT = r"""set -eu
encoded() { base64 | tr -d '\n'; echo; }
while [ $# -gt 0 ]; do
  case $1 in
    in) printf 'got %s ' "$2"; printf '%s' "$3" | encoded; shift 3 ;;
    file) printf 'got %s ' "$2"; encoded < "$3"; shift 3 ;;
    env) eval "value=\${$3}"; printf 'got %s ' "$2"; printf '%s' "$value" | encoded; shift 3 ;;
    absent) echo "got $2 -"; shift 2 ;;
    out) out=$2; mkdir -p "$(dirname "$out")"; : > "$out"; shift 2 ;;
    text) printf '%s' "$2" >> "$out"; shift 2 ;;
    copy) cat "$2" >> "$out"; shift 2 ;;
    octal) printf "$2" >> "$out"; shift 2 ;;
    coin) byte=$(od -A n -N 1 -t u1 /dev/urandom | tr -d ' '); [ $((byte % 2)) = 0 ] || { echo tails; exit 7; }; shift ;;
    fail) exit 3 ;;
    *) echo "unknown: $1"; exit 99 ;;
  esac
done
"""

# What there is to be generated; a new feature of documents is a new word here and in Pipeline below.
FEATURES = {
    "conditions", "computed conditions", "nested", "retries", "on-error", "depends-on", "exit-handler", "optional", "files",
    "passing", "templates", "loops",
}

SIGNALS = ["yes", "no", "", "a b", "$5", "ü", "'", "10", "9.5", "-1e3", "0010"]
TEXTS = [
    "plain", "", " ", "two  words", "$(date)", "$(params.x)", "$$", "$$$", "$(HOME) $HOME ${HOME}", "$", "$(", "$$(x)",
    "{{x}}", "{{inputs.parameters.x}}", "'", '"', "it's \"quoted\"", "one\ntwo\n", "\n", "\ttab\r", "ü 数 😀", "\\n \\",
    "`id`", "; exit 9", "-n", "--", "%s %d", "*", "~", "#x", "true", "1e3", "0x10", "null", "[1, 2]", '["a"]', '{"a": 1}',
    "$(tasks.a.results.b)", "$(context.taskRun.name)", "$(workspaces.artifacts.path)", "$(results.x.path)",
    "$(tasks.status)", "$[x] <b>&amp;</b>", "x" * 4096,
]
OCTALS = [r"\377\001", r"a\012\012", r"\303\050", r"\015\012"]
LARGEST_RESULT = 300  # bytes; the sum of a task's results has to fit into what a pod may say at its end


def weight(text):
    """The size of a text that may become part of a result. Where Tekton would fill in a variable when another task gets
    the result, it is too large: such text goes by file."""
    return 10**6 if re.search(r"\$\((context|workspaces|results|tasks|params)\.", text) else len(text.encode())


class Output:
    """An output that later tasks of the same level may use."""

    def __init__(self, expression, size, is_text, collected=False):
        self.expression, self.size, self.is_text, self.collected = expression, size, is_text, collected

    @property
    def is_value(self):
        return self.is_text and self.size <= LARGEST_RESULT


class Pipeline:
    """One level of a document while it is made. repeated: what it writes may be collected, so nothing in it is left out."""

    def __init__(self, pick, budget, depth=0, repeated=False):
        self.pick, self.budget, self.depth, self.repeated = pick, budget, depth, repeated
        self.inputs, self.parameters, self.bound = [], {}, {}
        self.tasks, self.outputs = {}, []
        self.texts = []  # arguments that are texts: of inputs, with their size; never absent
        self.maybe = []  # arguments that may be absent

    def chance(self, probability, feature=None):
        return self.pick.random() < probability and (feature is None or feature in FEATURES)

    def shuffle(self):
        """Tasks stand in a document in any order."""
        tasks = list(self.tasks.items())
        self.pick.shuffle(tasks)
        self.tasks = dict(tasks)

    # ---- inputs

    def add_inputs(self, outer=None):
        """Inputs of the document, or of a nested pipeline whose arguments come from the outer level."""
        for number in range(self.pick.randint(0, 3)):
            name = self.pick.choice(["in", "In put", "größe", "a.b"]) + f" {number}"
            expression = {"graphInput": {"inputName": name}}
            text = self.text(1000)
            kind = self.pick.choice(["default", "given", "both"] + ["optional"] * ("optional" in FEATURES))
            entry = {"name": name}
            if kind in ("default", "both"):
                entry["default"] = text
            if kind == "optional":
                entry["optional"] = True
            self.inputs.append(entry)
            size = weight(text)
            if kind in ("given", "both") or (kind == "optional" and self.chance(0.3)):
                self.bound[name], given = outer.argument() if outer else (self.text(1000),) * 2
                size = given if outer else weight(given)
            if kind == "optional":
                self.maybe.append(expression)
            else:
                self.texts.append((expression, size))

    def text(self, largest=5000):
        return self.pick.choice([t for t in TEXTS if len(t.encode()) <= largest])

    def argument(self):
        """(argument, its size) for something that is there."""
        values = [o for o in self.outputs if o.is_value]
        if values and self.chance(0.5):
            output = self.pick.choice(values)
            return output.expression, output.size
        if self.texts and self.chance(0.5):
            return self.pick.choice(self.texts)
        text = self.text(1000)
        return text, weight(text)

    # ---- tasks

    def add_tasks(self, count):
        for _ in range(count):
            if self.budget <= 0:
                return
            task_id = self.pick.choice(["task", "Task", "ü", "x.y", "$(params.x)"]) + f" {len(self.tasks)}"
            if self.budget >= 4 and self.chance(0.2, "loops"):
                self.add_loop(task_id)
            elif self.depth < 2 and self.budget >= 2 and self.chance(0.15, "nested"):
                self.add_nested(task_id)
            else:
                self.budget -= 1
                self.add_task(task_id)

    def settings(self, task, handler=False):
        annotations = {}
        if self.tasks and self.chance(0.2, "depends-on"):
            count = min(len(self.tasks), self.pick.randint(1, 2))
            annotations["component-hub.dev/depends-on"] = self.pick.sample(list(self.tasks), count)
        if not self.repeated and self.chance(0.3, "conditions"):
            # Nothing can be computed for a handler once the run has failed.
            computed = not handler and self.chance(0.5, "computed conditions")
            condition = self.computed_condition(2) if computed else self.condition()
            if condition:
                task["isEnabled"] = condition
        if annotations:
            task["annotations"] = annotations
        return task

    def operand(self):
        values = [o.expression for o in self.outputs if o.is_value] * 2 + [e for e, _ in self.texts]
        return self.pick.choice(values) if values else None

    def comparison(self, operand):
        sides = [operand, self.pick.choice(SIGNALS)]
        if self.chance(0.2):
            sides.reverse()
        return {self.pick.choice(["==", "!="]): {"op1": sides[0], "op2": sides[1]}}

    def condition(self):
        operand = self.operand()
        if operand is None:
            return None
        if self.chance(0.6):
            return self.comparison(operand)
        if self.chance(0.5):  # `and` of anything
            return {"and": {"op1": self.comparison(operand), "op2": self.comparison(self.operand())}}
        one, other = ({"==": {"op1": operand, "op2": signal}} for signal in self.pick.sample(SIGNALS, 2))
        either = {"or": {"op1": one, "op2": other}}
        return {"not": either} if self.chance(0.4) else either

    def computed_condition(self, depth):
        """Any expression: of order, of two values, of several operands."""
        if depth and self.chance(0.5):
            operator = self.pick.choice(["and", "or", "not"])
            parts = [self.computed_condition(depth - 1) for _ in range(1 if operator == "not" else 2)]
            return {operator: parts[0] if operator == "not" else {"op1": parts[0], "op2": parts[1]}}
        sides = [self.operand() or self.pick.choice(SIGNALS), self.pick.choice(SIGNALS)]
        if self.chance(0.3):
            sides[1] = self.operand() or sides[1]
        self.pick.shuffle(sides)
        return {self.pick.choice(["==", "!=", "<", "<=", ">", ">="]): {"op1": sides[0], "op2": sides[1]}}

    def template(self):
        """(a text of several parts, one of which is there; its size)"""
        parts = [self.argument() for _ in range(self.pick.randint(1, 3))]
        expressions = [expression for expression, _ in parts]
        if self.maybe and self.chance(0.3):
            expressions.append(self.pick.choice(self.maybe))
        return expressions, sum(size for _, size in parts)

    def add_loop(self, task_id):
        """A task or a nested pipeline for each of some texts, which stand in the document or come from a task."""
        from_task = self.chance(0.4)
        texts = [t for t in TEXTS if not from_task or (weight(t) < 50 and "\r" not in t)]
        items = self.pick.choices(texts, k=self.pick.randint(1, 3))
        loop = {"input": "item", "over": items}
        self.budget -= len(items)
        if from_task:
            loop["over"] = self.add_list(items)
        elif self.chance(0.3):
            loop["parallelism"] = self.pick.randint(1, 2)
        if not from_task and self.depth < 2 and self.budget >= 2 and self.chance(0.3, "nested"):
            self.add_nested(task_id, loop)
            return
        program = Program(self, False, max(map(weight, items)))
        task = self.settings({"componentRef": {"spec": program.spec()}, "arguments": program.arguments})
        annotations = task.setdefault("annotations", {})
        annotations["component-hub.dev/iterate"] = loop
        if program.templates:
            annotations["component-hub.dev/template"] = program.templates
        if self.chance(0.2, "retries"):
            task["executionOptions"] = {"retryStrategy": {"maxRetries": self.pick.randint(1, 3)}}
            program.coin(0.8)
        else:
            program.break_off(0.05)
        self.tasks[task_id] = task
        for name, size, is_text in program.outputs:
            self.add_collected(task_id, name, size, is_text, len(items))

    def add_list(self, items):
        """A task that writes them as a JSON list; gives its output."""
        task_id = f"list {len(self.tasks)}"
        text = json.dumps(items, ensure_ascii=False)
        arguments = ["out", {"outputPath": "o"}, "text", text]
        spec = component([], ["o"], arguments, {})
        self.tasks[task_id] = {"componentRef": {"spec": spec}, "arguments": {}}
        return {"taskOutput": {"taskId": task_id, "outputName": "o"}}

    def add_collected(self, task_id, name, size, is_text, count):
        """An output of a loop: a JSON list, in which a text may become longer. What is no text cannot be collected."""
        size = count * (2 * size + 3) + 2
        if is_text and size <= LARGEST_RESULT:
            expression = {"taskOutput": {"taskId": task_id, "outputName": name}}
            self.outputs.append(Output(expression, size, True, collected=True))

    def add_nested(self, task_id, loop=None):
        inner = Pipeline(self.pick, min(self.budget, 4), self.depth + 1, self.repeated or loop is not None)
        before = inner.budget
        inner.add_inputs(outer=self)
        if loop:
            inner.inputs.append({"name": "item"})
            inner.texts.append(({"graphInput": {"inputName": "item"}}, max(map(weight, loop["over"]))))
        inner.add_tasks(self.pick.randint(1, 3))
        inner.shuffle()
        self.budget -= before - inner.budget
        names = [f"out {n}" for n in range(len(inner.outputs))]
        spec = {
            "name": "Nested", "inputs": inner.inputs, "outputs": [{"name": n} for n in names],
            "implementation": {"graph": {
                "tasks": inner.tasks, "outputValues": {n: o.expression for n, o in zip(names, inner.outputs)}
            }},
        }
        task = self.settings({"componentRef": {"spec": spec}, "arguments": inner.bound})
        self.tasks[task_id] = task
        if loop:
            task.setdefault("annotations", {})["component-hub.dev/iterate"] = loop
        for name, output in zip(names, inner.outputs):
            if loop:
                self.add_collected(task_id, name, output.size, output.is_text, len(loop["over"]))
                continue
            expression = {"taskOutput": {"taskId": task_id, "outputName": name}}
            self.outputs.append(Output(expression, output.size, output.is_text, output.collected))

    def add_task(self, task_id, handler=False):
        program = Program(self, handler)
        task = self.settings({"componentRef": {"spec": program.spec()}, "arguments": program.arguments}, handler)
        annotations = task.setdefault("annotations", {})
        if program.templates:
            annotations["component-hub.dev/template"] = program.templates
        consumable = True
        if handler:
            annotations.pop("component-hub.dev/depends-on", None)
            annotations["component-hub.dev/exit-handler"] = True
        elif not self.repeated and self.chance(0.1, "on-error"):
            annotations["component-hub.dev/on-error"] = "continue"
            consumable = not program.break_off(0.7)
        elif self.chance(0.15, "retries"):
            task["executionOptions"] = {"retryStrategy": {"maxRetries": self.pick.randint(1, 3)}}
            program.coin(0.8)
        else:
            program.break_off(0.05)
        if self.chance(0.2, "passing"):
            values = {o: "value" for o, size, is_text in program.outputs if is_text and size <= LARGEST_RESULT}
            if values:
                annotations["component-hub.dev/passing"] = values
        if not annotations:
            del task["annotations"]
        self.tasks[task_id] = task
        if handler or not consumable:
            return
        for name, size, is_text in program.outputs:
            expression = {"taskOutput": {"taskId": task_id, "outputName": name}}
            self.outputs.append(Output(expression, size, is_text))


def component(inputs, outputs, arguments, env):
    container = {"image": "busybox:1.36", "command": ["sh", "-c", SCRIPT, "sh"], "args": arguments}
    if env:
        container["env"] = env
    return {
        "name": "Shows its inputs", "inputs": inputs, "outputs": [{"name": o} for o in outputs],
        "implementation": {"container": container},
    }


class Program:
    """A component: the inputs that its program prints, and what it writes. item: the size of what a loop gives it."""

    def __init__(self, level, handler, item=None):
        self.level, self.pick = level, level.pick
        self.inputs, self.outputs, self.arguments, self.templates = [], [], {}, {}
        self.arguments_of_container, self.env = [], {}
        self.readable = []  # (operations that append an input to an output, its size, whether it is text)
        for number in range(self.pick.randint(0, 3)):
            self.add_input(self.pick.choice(["i", "In", "数"]) + f" {number}", number)
        if item is not None:
            self.inputs.append({"name": "item"})
            self.show("item", "item", self.pick.choice(["text", "env", "file"]), item, True)
        for number in range(self.pick.choice([0, 1, 1, 2])):
            self.add_output(self.pick.choice(["o", "Out"]) + f" {number}", number, handler)

    def spec(self):
        return component(self.inputs, [o for o, _, _ in self.outputs], self.arguments_of_container, self.env)

    def add_input(self, name, number):
        level, entry = self.level, {"name": name}
        files = [o for o in level.outputs if not o.is_value]
        how = self.pick.choice(["text", "text", "env", "file"] if "files" in FEATURES else ["text", "env"])
        if how == "file" and files and level.chance(0.5):
            output = self.pick.choice(files)
            self.arguments[name], size, is_text = output.expression, output.size, output.is_text
        elif level.chance(0.15):
            entry["default"] = level.text()
            size, is_text = weight(entry["default"]), True
            if level.maybe and level.chance(0.5):
                self.arguments[name], size = self.pick.choice(level.maybe), 10**6
        elif level.chance(0.3, "optional"):
            self.add_optional(entry)
            return
        elif level.chance(0.2, "templates"):
            (self.templates[name], size), is_text = level.template(), True
        elif level.chance(0.2):
            self.arguments[name], is_text = level.text(), True
            size = weight(self.arguments[name])
        else:
            self.arguments[name], size = level.argument()
            is_text = True
        self.inputs.append(entry)
        self.show(name, f"i{number}", how, size, is_text)

    def show(self, name, short, how, size, is_text):
        if how == "file":
            self.arguments_of_container += ["file", short, {"inputPath": name}]
            self.readable.append((["copy", {"inputPath": name}], size, is_text))
        elif how == "env":
            self.env[f"VALUE_{short}"] = {"inputValue": name}
            self.arguments_of_container += ["env", short, f"VALUE_{short}"]
        else:
            self.arguments_of_container += ["in", short, {"inputValue": name}]
            self.readable.append((["text", {"concat": ["<", {"inputValue": name}, ">"]}], size + 2, is_text))

    def add_optional(self, entry):
        """An input that need not be there: bound to something that is absent, to something, or to nothing."""
        level, name = self.level, entry["name"]
        entry["optional"] = True
        if level.maybe and level.chance(0.6):
            self.arguments[name] = self.pick.choice(level.maybe)
        elif level.chance(0.4):
            self.arguments[name] = level.argument()[0]
        self.inputs.append(entry)
        short = f"i{len(self.inputs) - 1}"
        there = ["in", short, {"inputValue": name}]
        self.arguments_of_container.append(
            {"if": {"cond": {"isPresent": name}, "then": there, "else": ["absent", short]}}
        )

    def add_output(self, name, number, handler):
        """Written from literal text, signals that conditions look at, and inputs."""
        operations, size, is_text = ["out", {"outputPath": name}], 0, True
        for _ in range(self.pick.randint(0, 2)):
            kind = self.pick.choice(["signal", "signal", "text", "input", "octal"])
            if kind == "input" and self.readable:
                read, length, text_too = self.pick.choice(self.readable)
                operations += read
                size, is_text = size + length, is_text and text_too
            elif kind == "octal" and "files" in FEATURES and not handler and self.level.chance(0.4):
                operations += ["octal", self.pick.choice(OCTALS)]
                size, is_text = size + 2, False
            else:
                text = self.pick.choice(SIGNALS) if kind == "signal" else self.level.text(LARGEST_RESULT)
                operations += ["text", text]
                size += weight(text)
        self.outputs.append((name, size, is_text))
        self.arguments_of_container += operations

    def break_off(self, probability):
        broken = self.level.chance(probability)
        if broken:
            self.arguments_of_container.append("fail")
        return broken

    def coin(self, probability):
        if self.level.chance(probability):
            self.arguments_of_container.append("coin")
        else:
            self.break_off(0.3)


def document(seed):
    """(document, parameters)"""
    level = Pipeline(random.Random(seed), 10)
    level.add_inputs()
    level.add_tasks(level.pick.randint(2, 9))
    outputs = [o for o in level.outputs if o.is_value]
    level.outputs = [o for o in level.outputs if not o.collected]  # a handler gets none after a failure
    for number in range(level.pick.choice([0, 0, 1, 2]) if "exit-handler" in FEATURES else 0):
        level.add_task(f"handler {number}", handler=True)
    level.pick.shuffle(outputs)
    level.shuffle()
    values = {f"result {n}": o.expression for n, o in enumerate(outputs[:3])}
    return {
        "name": f"Random {seed}", "inputs": level.inputs,
        "outputs": [{"name": n, "type": "String"} for n in values],
        "implementation": {"graph": {"tasks": level.tasks, "outputValues": values}},
    }, level.bound


def text_of(made):
    return yaml.safe_dump(made, allow_unicode=True, sort_keys=False)


def readable(made, parameters):
    """For people: the one script of all tasks is left out."""

    def without_script(node):
        if isinstance(node, dict):
            return {key: without_script(value) for key, value in node.items()}
        if isinstance(node, list):
            return [without_script(value) for value in node]
        return "(SCRIPT)" if node == SCRIPT else node

    return f"parameters: {parameters}\n{text_of(without_script(made))}"
