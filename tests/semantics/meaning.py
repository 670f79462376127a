"""What a pipeline document means, read from the document alone: which tasks run, with which inputs, what they write, how
the run ends. Nothing here knows Tekton objects; documents are those of random_documents.py, whose programs are interpreted too.

`differences(document, parameters, seen)` says where a run departs from that. What a document leaves open is taken from
the run and only checked for being possible: how coins fell, and which tasks had started when another one failed.
"""

import base64
import json
import re
from fractions import Fraction

STOPPED = "stopped"  # neither ran nor skipped by the document's will


class Seen:
    """What a run showed of a task. state: succeeded, failed, skipped or STOPPED; attempts: one log each."""

    def __init__(self, state=STOPPED, attempts=(), by_condition=True):
        self.state, self.attempts = state, list(attempts)
        self.by_condition = by_condition  # of a skipped one: why; else because something that it wants is missing


class Run:
    def __init__(self, succeeded, results, tasks):
        self.succeeded, self.results, self.tasks = succeeded, results, tasks


class Task:
    """A container task with what it stands for after nested pipelines are taken apart."""

    def __init__(self, path, task, component, inputs, conditions, after):
        self.path, self.component, self.inputs, self.conditions, self.after = path, component, inputs, conditions, after
        annotations = task.get("annotations", {})
        self.handler = annotations.get("component-hub.dev/exit-handler", False)
        self.tolerated = annotations.get("component-hub.dev/on-error") == "continue"
        self.passing = annotations.get("component-hub.dev/passing", {})
        self.retries = task.get("executionOptions", {}).get("retryStrategy", {}).get("maxRetries", 0)

    def sources(self):
        """The outputs of tasks that it takes, for an input or a condition."""
        found = [s for s in self.inputs.values() if s] + [s for c in self.conditions for s in c.operands()]
        return [output for source in found for output in outputs_of(source)]

    def wants(self):
        """The tasks that these are of."""
        return {source[1] for source in self.sources()}

    def reads(self):
        """The outputs of tasks that its program takes as files."""
        text = str(self.component["implementation"]["container"]["args"])
        return [s for name, s in self.inputs.items() if s and s[0] == "output" and str({"inputPath": name}) in text]


class Condition:
    def __init__(self, expression, resolve):
        self.operator, operands = next(iter(expression.items()))
        if self.operator == "not":
            self.parts = [Condition(operands, resolve)]
        elif self.operator in ("and", "or"):
            self.parts = [Condition(operands[key], resolve) for key in ("op1", "op2")]
        else:
            self.parts = []
            self.sides = [resolve(operands[key]) for key in ("op1", "op2")]

    def operands(self):
        return [s for part in self.parts for s in part.operands()] if self.parts else self.sides

    def holds(self, value):
        """value(source) gives the text of an operand."""
        if self.operator == "not":
            return not self.parts[0].holds(value)
        if self.operator == "and":
            return all(part.holds(value) for part in self.parts)
        if self.operator == "or":
            return any(part.holds(value) for part in self.parts)
        return compare(self.operator, *map(value, self.sides))


def compare(operator, left, right):
    if operator in ("==", "!="):
        return (left == right) == (operator == "==")
    numbers = all(re.fullmatch(r"\s*[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\s*", text) for text in (left, right))
    left, right = (Fraction(text.strip()) if numbers else text.encode() for text in (left, right))
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


# Sources: ("text", text), ("output", task's path, output), ("mixed", sources), ("collected", sources: a JSON list of what
# iterations wrote), ("item", source of a JSON list, number) or None where nothing is given.


def outputs_of(source):
    if source[0] in ("mixed", "collected"):
        return [output for part in source[1] for output in outputs_of(part)]
    if source[0] == "item":
        return outputs_of(source[1])
    return [source] if source[0] == "output" else []


def flatten(document, parameters):
    """(the container tasks by path, the sources of the document's outputs)"""
    tasks = {}
    given = {}
    for entry in document["inputs"]:
        text = parameters.get(entry["name"], entry.get("default"))
        given[entry["name"]] = None if text is None else ("text", text)
    outputs = _level(document["implementation"]["graph"], given, "", [], [], tasks)
    return tasks, outputs


def _level(graph, given, prefix, conditions, after, tasks):
    done, members = {}, {}  # by task id: the sources of its outputs; the paths of its container tasks

    def resolve(argument):
        if isinstance(argument, str):
            return "text", argument
        if "graphInput" in argument:
            return given[argument["graphInput"]["inputName"]]
        output = argument["taskOutput"]
        return add(output["taskId"])[output["outputName"]]

    def one(task, path, bound, follows):
        """Adds a task, or an iteration of it in which some inputs are bound; gives the sources of its outputs."""
        component = task["componentRef"]["spec"]
        templates = task.get("annotations", {}).get("component-hub.dev/template", {})
        inputs = {}
        for entry in component["inputs"]:
            source = resolve(task["arguments"][entry["name"]]) if entry["name"] in task["arguments"] else None
            if entry["name"] in templates:
                source = "mixed", tuple(filter(None, map(resolve, templates[entry["name"]])))
            if source is None and "default" in entry:
                source = "text", entry["default"]
            inputs[entry["name"]] = bound.get(entry["name"], source)
        own = [Condition(task["isEnabled"], resolve)] if "isEnabled" in task else []
        if "graph" in component["implementation"]:
            return _level(component["implementation"]["graph"], inputs, path + "/", conditions + own, follows, tasks)
        tasks[path] = Task(path, task, component, inputs, conditions + own, follows)
        return {o["name"]: ("output", path, o["name"]) for o in component["outputs"]}

    def below(path):
        return [p for p in tasks if p == path or p.startswith(path + "/")]

    def items_of(loop):
        """The sources of a loop's items. A list from a task is in what its program says, which has no inputs."""
        if isinstance(loop["over"], list):
            return [("text", item) for item in loop["over"]]
        source = resolve(loop["over"])
        program = Program(tasks[source[1]].component, {}, {})
        return [("item", source, number) for number in range(len(json.loads(program.written[source[2]])))]

    def add(task_id):
        if task_id in done:
            return done[task_id]
        task = graph["tasks"][task_id]
        path = prefix + task_id.replace("~", "~0").replace("/", "~1")
        annotations = task.get("annotations", {})
        follows = list(after)
        for other in annotations.get("component-hub.dev/depends-on", []):
            add(other)
            follows += members[other]
        loop = annotations.get("component-hub.dev/iterate")
        if loop is None:
            done[task_id] = one(task, path, {}, follows)
            members[task_id] = below(path)
            return done[task_id]
        made, added = [], []
        for number, item in enumerate(items_of(loop)):
            earlier = added[number - loop["parallelism"]] if 0 < loop.get("parallelism", 0) <= number else []
            made.append(one(task, f"{path}[{number}]", {loop["input"]: item}, follows + earlier))
            added.append(below(f"{path}[{number}]"))
        names = [o["name"] for o in task["componentRef"]["spec"]["outputs"]]
        done[task_id] = {name: ("collected", tuple(outputs[name] for outputs in made)) for name in names}
        members[task_id] = [path for paths in added for path in paths]
        return done[task_id]

    for task_id in graph["tasks"]:
        add(task_id)
    return {name: resolve(argument) for name, argument in graph["outputValues"].items()}


# ---- programs


def unresolved(source):
    """The text of an operand before results are filled in: one that equals no other."""
    return source[1] if source[0] == "text" else f"$({source})"


def on_a_command_line(text):
    """A result that a task wrote, as another gets it in its command line: the kubelet takes `$$` for an escaped dollar."""
    return text.replace(b"$$", b"$")


class Program:
    """One run of the script of random_documents.py. inputs: bytes as the program gets them, or None; files: the same for
    inputs that are wanted as files."""

    def __init__(self, component, values, files):
        self.values, self.files = values, files
        self.got, self.written, self.coin = {}, {}, False
        container = component["implementation"]["container"]
        arguments = [each for a in container["args"] for each in self._argument(a)]
        self.env = {name: self._argument(a)[0] for name, a in container.get("env", {}).items()}
        self.fails = self._run(arguments)

    def _argument(self, argument):
        """The arguments that one becomes: bytes, or (what, port) for paths."""
        if isinstance(argument, str):
            return [argument.encode()]
        kind, operand = next(iter(argument.items()))
        if kind == "inputValue":
            return [self.values[operand]]
        if kind in ("inputPath", "outputPath"):
            return [(kind, operand)]
        if kind == "concat":
            return [b"".join(self._argument(part)[0] for part in operand)]
        branch = "then" if self.values[operand["cond"]["isPresent"]] is not None else "else"
        return [each for part in operand[branch] for each in self._argument(part)]

    def _run(self, arguments):
        """Whether it fails, leaving coins aside."""
        queue, out = iter(arguments), None
        for operation in queue:
            if operation in (b"in", b"file", b"env"):
                short, what = next(queue).decode(), next(queue)
                text = {b"in": lambda: what, b"env": lambda: self.env[what.decode()], b"file": lambda: self.files[what[1]]}
                self.got[short] = text[operation]()
            elif operation == b"absent":
                self.got[next(queue).decode()] = None
            elif operation == b"out":
                out = next(queue)[1]
                self.written[out] = b""
            elif operation == b"coin":
                self.coin = True
            elif operation == b"fail":
                return True
            else:
                what = next(queue)
                if operation == b"copy":
                    what = self.files[what[1]]
                elif operation == b"octal":
                    what = re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]), what)
                self.written[out] += what
        return False


def shown(log):
    """(what an attempt printed of its inputs, whether its coin fell wrong)"""
    got = {}
    for short, text in re.findall(r"^got (\S+) (\S*)$", log, re.M):
        got[short] = None if text == "-" else base64.b64decode(text)
    return got, re.search(r"^tails$", log, re.M) is not None


# ---- a run against its document


def whole(path):
    """The loop of which a task is an iteration."""
    return re.sub(r"\[\d+\]$", "", path)


def as_list(texts):
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()


class Judge:
    def __init__(self, document, parameters, seen):
        self.tasks, self.outputs = flatten(document, parameters)
        self.seen = seen
        self.files = {s for t in self.tasks.values() for s in t.reads() if not self.as_file_of_a_value(s)}
        self.states = {}  # of the tasks that were judged
        self.written = {}  # by task: what its outputs hold, as the document says
        self.wrong = []
        self.broken = {p for p, t in self.tasks.items() if self.of(p).state == "failed" and not t.tolerated}

    def of(self, path):
        """What is known of a task; of the iterations of a matrix that did not begin, only the whole is told."""
        return self.states.get(path) or self.seen.tasks.get(path) or self.seen.tasks.get(whole(path)) or Seen()

    def say(self, path, text):
        self.wrong.append(f"{path}: {text}")

    def raw(self, source):
        """The bytes that a source holds."""
        if source[0] == "mixed":
            return b"".join(map(self.raw, source[1]))
        if source[0] == "collected":
            return as_list([self.value(part).decode() for part in source[1]])
        if source[0] == "item":
            return json.loads(self.raw(source[1]))[source[2]].encode()
        return source[1].encode() if source[0] == "text" else self.written[source[1]][source[2]]

    def is_there(self, source):
        """Whether a handler gets an output: that of a failed task too, where it is a value and nothing else."""
        state = self.of(source[1]).state
        return state == "succeeded" or (state == "failed" and source not in self.files)

    def as_file_of_a_value(self, source):
        """Whether a file is made of a result rather than being the file that a task wrote."""
        return source[0] in ("text", "mixed", "item") or source[0] == "output" and self.tasks[source[1]].passing.get(source[2]) == "value"

    def value(self, source):
        """The bytes that a program gets where it wants the source as a value."""
        if source[0] == "mixed":
            return b"".join(map(self.value, source[1]))
        return self.raw(source) if source[0] == "text" else on_a_command_line(self.raw(source))

    def expected(self, task):
        """The states that are possible for a task, given what became of those before it."""
        if task.handler:
            return self.by_conditions(task) if all(map(self.is_there, task.sources())) else {"skipped"}
        before = {p: self.of(p) for p in task.wants() | set(task.after)}
        if any(s.state == STOPPED or p in self.broken for p, s in before.items()):
            return {STOPPED}
        may_stop = {STOPPED} if self.broken else set()
        if any(before[p].state == "skipped" for p in task.wants()):
            return {"skipped"} | may_stop
        if any(s.state == "skipped" and not s.by_condition for s in before.values()):
            return {"skipped"} | may_stop
        return self.by_conditions(task) | may_stop

    def by_conditions(self, task):
        """By what tasks wrote; or by what a command line makes of it, for conditions that Tekton cannot say are computed."""
        holds = {all(c.holds(lambda s: look(s).decode()) for c in task.conditions) for look in (self.raw, self.value)}
        return {"ran" if each else "skipped" for each in holds}

    def judge_task(self, task):
        seen, possible = self.of(task.path), self.expected(task)
        if seen.state == STOPPED and {"skipped", STOPPED} <= possible:
            seen = Seen("skipped")  # what was skipped is told as stopped once a run stops
        self.states[task.path] = seen
        state = "ran" if seen.state in ("succeeded", "failed") else seen.state
        if state not in possible:
            self.say(task.path, f"{seen.state}, expected {' or '.join(sorted(possible))}")
        elif state == "ran":
            self.judge_attempts(task, seen)
        elif state == "skipped" and not seen.by_condition and not self.may_miss(task):
            self.say(task.path, "skipped for something missing, expected by its condition")

    def may_miss(self, task):
        """Where Tekton looks at what is missing before it looks at conditions, see pipeline-creator/compile/README.md."""
        if task.handler:
            return True
        after = any(not self.of(p).by_condition for p in task.wants() | set(task.after) if self.of(p).state == "skipped")
        return after or all(c.holds(unresolved) for c in self.inherited(task))

    def inherited(self, task):
        """Its conditions and those of all that it wants, and so on."""
        found, queue, known = [], [task.path], set()
        while queue:
            path = queue.pop()
            if path not in known:
                known.add(path)
                found += self.tasks[path].conditions
                queue += self.tasks[path].wants()
        return found

    def judge_attempts(self, task, seen):
        values = {n: None if s is None else self.value(s) for n, s in task.inputs.items()}
        files = {n: None if s is None else self.value(s) if self.as_file_of_a_value(s) else self.raw(s)
                 for n, s in task.inputs.items()}
        program = Program(task.component, values, files)
        self.written[task.path] = program.written
        logs = [shown(log) for log in seen.attempts]
        for number, (got, _) in enumerate(logs):
            if got != program.got:
                self.say(task.path, f"attempt {number + 1} got {got}, expected {program.got}")
        failed = [program.fails or (program.coin and tails) for _, tails in logs]
        if not logs or any(not f for f in failed[:-1]):
            self.say(task.path, f"{len(logs)} attempts")
        elif failed[-1] and len(logs) != task.retries + 1:
            self.say(task.path, f"{len(logs)} attempts, expected {task.retries + 1}")
        elif failed[-1] != (seen.state == "failed"):
            self.say(task.path, f"{seen.state}, expected the opposite")

    def judge_results(self):
        for name, source in self.outputs.items():
            if source is None or source[0] == "text":
                continue  # what is no result of a task, the hub records
            states = {self.of(path).state for _, path, _ in outputs_of(source)}
            if states == {"succeeded"}:
                expected = self.raw(source).decode()
                if self.seen.results.get(name, expected) != expected:
                    self.wrong.append(f"result {name} is {self.seen.results[name]!r}, expected {expected!r}")
                elif name not in self.seen.results and self.seen.succeeded:
                    self.wrong.append(f"no result {name}")
            elif states & {"skipped", STOPPED} and name in self.seen.results:
                self.wrong.append(f"result {name} of a task that did not run")

    def judge(self):
        for task in self.in_order():
            self.judge_task(task)
            if task.path not in self.written:
                self.written[task.path] = {}
            if self.wrong:
                return self.wrong  # what follows would be wrong with it
        unknown = set(self.seen.tasks) - set(self.tasks) - set(map(whole, self.tasks))
        if unknown:
            self.wrong.append(f"unknown tasks: {unknown}")
        if self.seen.succeeded != (not self.broken):
            self.wrong.append(f"the run {'succeeded' if self.seen.succeeded else 'failed'}, expected the opposite")
        self.judge_results()
        return self.wrong

    def in_order(self):
        """Tasks after all they wait for; handlers last."""
        ordered, queue = {}, [t for t in self.tasks.values() if not t.handler]
        while queue:
            ready = [t for t in queue if all(p in ordered for p in t.wants() | set(t.after))]
            ordered |= {t.path: t for t in ready}
            queue = [t for t in queue if t.path not in ordered]
        return [*ordered.values(), *(t for t in self.tasks.values() if t.handler)]


def differences(document, parameters, seen):
    return Judge(document, parameters, seen).judge()
