"""Objects of Tekton's, changed at random by a seed: what the differential tests of the linter feed to both sides.

`ChangedObjects(seed).take(n)` yields n documents. They come from tests/fuzz/seeds/lint, the golden files of the
compiler and, where $CORPUS is set, the examples, mutations and runs there. The same seed gives the same documents.
"""

import copy
import json
import os
import random
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

SCALARS = [
    "", None, 0, 1, -1, True, "x y", "Foo", "a.b", "a" * 64, "a" * 254, "a-" * 30 + "a", "1h", "-1h", "0", "1h30m5s",
    "100Mi", "0.5", "1.5Gi", "https://x/y", "git::https://x", "/tekton/x", "/a/../b", "../x", "continue", "in", "notin",
    "array", "object", "string", 1.5, 3.0, 2**40, 2**70, "#!win", "'a' == 'a'", "'a' ==", "\u00e9\u2028<&>", "a\tb\n",
    "Task", "Pipeline", "PipelineRun", "Cancelled", "StoppedRunFinally", "stopAndFail", "2026-01-01T00:00:00Z",
    "yes", "null", "1.0", "-", "$", "$(", "$()", "_", "metadata", "12:30", ["a"], [], {}, {"a": "b"}, {"a": 1}, [1],
    [[]], [None], [{}], {"": ""},
]  # fmt: skip
TEXTS = [
    "$(params.text)", "$(params.words[*])", "a $(params.words[*])", "$(params.words[0])", "$(params.nope)",
    "$(params.a.b.c)", "$(params['text'])", '$(params["text"])', "$(params.config.key)", "$(params.config[*])",
    "$(tasks.one.results.r)", "$(tasks.one.results.r[*])", "$(tasks.one.results.r[0])", "$(tasks.one.results.r.k)",
    "$(tasks.one.status)", "$(tasks.status)", "$(tasks.nope.results.x)", "$(finally.one.results.r)",
    "$(tasks.one.outputs)", "$(tasks.one.reason)", "$(tasks.one.matrix.length)", "$(tasks.one.matrix.r.length)",
    "$(steps.one.results.out)", "$(steps.one.outputs.a)", "$(inputs.params.text)", "$(outputs.x)",
    "$(context.task.name)", "$(context.taskRun.nope)", "$(context.pipelineRun.name)", "$(context.pipeline.nope)",
    "$(context.pipelineTask.retries)", "$(results.out.path)", "$(step.results.out.path)", "$(workspaces.w.path)",
    "$(workspaces.w.bound)", "$(VAR)", "$$(params.text)", "$(params.text)$(params.words[*])", "$( params.text )",
]  # fmt: skip


def folder_texts(folder, pattern):
    return [p.read_text(encoding="utf-8") for p in sorted(folder.glob(pattern))]


def corpus_documents(corpus):
    for line in (corpus / "tekton/example-verdicts.jsonl").open(encoding="utf-8"):
        yield from yaml.load_all(json.loads(line)["yaml"], Loader)
    for name, field in (("mutation-verdicts.jsonl", "doc"), ("canonical-vectors.jsonl", "input")):
        for line in (corpus / "tekton" / name).open(encoding="utf-8"):
            yield json.loads(line)[field]
    for text in folder_texts(corpus / "kfp-tekton-pipelineruns", "**/*.yaml")[:40]:
        yield from yaml.load_all(text, Loader)


def originals():
    texts = [text[1:] for text in folder_texts(ROOT / "tests/fuzz/seeds/lint", "*.yaml")]
    texts += folder_texts(HERE / "compile" / "golden", "*.yaml")
    found = [o for text in texts for o in yaml.load_all(text, Loader)]
    if os.environ.get("CORPUS"):
        found += corpus_documents(Path(os.environ["CORPUS"]))
    found = [json.loads(json.dumps(o, default=str)) for o in found if isinstance(o, dict)]
    return [o for o in found if str(o.get("apiVersion")).startswith("tekton.dev/")]


def places(value, path=()):
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


class ChangedObjects:
    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.things = originals()
        self.parts = {}  # what stands under a name anywhere
        for thing in self.things:
            for path in places(thing):
                if isinstance(path[-1], str):
                    found = self.parts.setdefault(path[-1], [])
                    if len(found) < 200:
                        found.append(at(thing, path))
        self.names = sorted(self.parts)
        self.ways = [
            (self.delete, 4), (self.replace, 6), (self.retype, 3), (self.refer, 6), (self.duplicate, 3),
            (self.rename, 2), (self.swap, 2), (self.unknown, 1), (self.transplant, 6), (self.empty, 2),
            (self.nest, 1), (self.reorder, 1), (self.version, 1), (self.same_name, 3), (self.edit_text, 3),
        ]  # fmt: skip

    def take(self, count):
        for _ in range(count):
            thing = copy.deepcopy(self.draw.choice(self.things))
            for _ in range(self.draw.choice([1, 1, 2, 3, 5])):
                way = self.draw.choices([w for w, _ in self.ways], [n for _, n in self.ways])[0]
                spots = [p for p in places(thing) if p not in (("apiVersion",), ("kind",))]
                if spots and len(spots) < 3000:
                    path = self.draw.choice(spots)
                    way(thing, at(thing, path[:-1]), path[-1], spots)
            yield thing

    def delete(self, thing, owner, key, spots):
        del owner[key]

    def replace(self, thing, owner, key, spots):
        owner[key] = copy.deepcopy(self.draw.choice(SCALARS))

    def retype(self, thing, owner, key, spots):
        value = owner[key]
        if isinstance(value, str):
            number = int(value) if value.isdigit() and len(value) < 12 else 7
            owner[key] = self.draw.choice([number, [value], {"name": value}, value + ".0"])
        elif isinstance(value, list):
            owner[key] = self.draw.choice([value[0] if value else "", {str(i): v for i, v in enumerate(value)}])
        elif isinstance(value, dict):
            owner[key] = self.draw.choice([[value], list(value.values()), json.dumps(value)])
        else:
            owner[key] = self.draw.choice([json.dumps(value), [value]])

    def refer(self, thing, owner, key, spots):
        texts = [p for p in spots if isinstance(at(thing, p), str) and p[0] == "spec"]
        if not texts:
            return
        path, text = self.draw.choice(texts), self.draw.choice(TEXTS)
        names = [at(thing, p) for p in spots if p[-1] == "name" and isinstance(at(thing, p), str)]
        for word in ("text", "words", "one", ".r", ".w", "config"):
            if names and self.draw.random() < 0.5:
                dot = "." if word[0] == "." else ""
                text = text.replace(word, dot + self.draw.choice(names))
        old = at(thing, path)
        at(thing, path[:-1])[path[-1]] = self.draw.choice([text, old + text, text + " " + old])

    def duplicate(self, thing, owner, key, spots):
        lists = [p for p in spots if isinstance(at(thing, p), list) and at(thing, p)]
        if lists:
            items = at(thing, self.draw.choice(lists))
            items.insert(self.draw.randrange(len(items) + 1), copy.deepcopy(self.draw.choice(items)))

    def rename(self, thing, owner, key, spots):
        if isinstance(owner, dict):
            new = self.draw.choice([key.upper(), key.lower(), key + "s", key[:-1], self.draw.choice(self.names)])
            owner[new] = owner.pop(key)

    def swap(self, thing, owner, key, spots):
        a, b = self.draw.choice(spots), self.draw.choice(spots)
        short = min(len(a), len(b))
        if a[:short] == b[:short]:
            return  # one holds the other
        x, y = at(thing, a), at(thing, b)
        at(thing, a[:-1])[a[-1]], at(thing, b[:-1])[b[-1]] = y, x

    def unknown(self, thing, owner, key, spots):
        if isinstance(owner, dict):
            owner[self.draw.choice(["surprise", "resources", "bundle", "x y", "status", "\u00e9"])] = self.draw.choice(
                ["a", 1, {}, []]
            )

    def transplant(self, thing, owner, key, spots):
        """What stands under this name elsewhere, here; or under any name that is in use."""
        if isinstance(owner, dict):
            name = self.draw.choice(self.names) if self.draw.random() < 0.4 else key
            if name in self.parts:
                owner[name] = copy.deepcopy(self.draw.choice(self.parts[name]))

    def empty(self, thing, owner, key, spots):
        value = owner[key]
        owner[key] = [] if isinstance(value, list) else {} if isinstance(value, dict) else ""

    def nest(self, thing, owner, key, spots):
        above = [p for p in spots if isinstance(at(thing, p), dict)]
        if above and isinstance(owner, dict):
            path = self.draw.choice(above)
            owner[key] = copy.deepcopy(at(thing, path))

    def reorder(self, thing, owner, key, spots):
        if isinstance(owner, list):
            self.draw.shuffle(owner)

    def version(self, thing, owner, key, spots):
        thing["apiVersion"] = self.draw.choice(["tekton.dev/v1", "tekton.dev/v1beta1", "tekton.dev/v1alpha1"])
        if self.draw.random() < 0.2:
            thing["kind"] = self.draw.choice(["Task", "TaskRun", "Pipeline", "PipelineRun", "StepAction", "CustomRun"])

    def same_name(self, thing, owner, key, spots):
        """One name in place of another: duplicates, references that hit or miss."""
        names = [p for p in spots if p[-1] in ("name", "workspace", "pipelineTaskName") or p[-2:-1] == ("runAfter",)]
        names = [p for p in names if isinstance(at(thing, p), str)]
        if len(names) > 1:
            a, b = self.draw.choice(names), self.draw.choice(names)
            text = at(thing, b)
            at(thing, a[:-1])[a[-1]] = self.draw.choice([text, text, text.upper(), text.replace("-", ".")])

    def edit_text(self, thing, owner, key, spots):
        texts = [p for p in spots if isinstance(at(thing, p), str) and at(thing, p)]
        if not texts:
            return
        path = self.draw.choice([p for p in texts if "$(" in at(thing, p)] or texts)
        text = at(thing, path)
        i = self.draw.randrange(len(text))
        put = self.draw.choice(["", ".", "[*]", "[0]", ")", "$(", "'", " ", "\n", "/", text[i], "A", "_", "."])
        at(thing, path[:-1])[path[-1]] = text[:i] + put + text[i + self.draw.randrange(2) :]
