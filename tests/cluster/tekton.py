"""A Tekton to run PipelineRuns on: a small client of the Kubernetes API, and runs to their end with all they left.

`kubectl proxy` does the signing in, so every kubeconfig works. KUBECTL is the program (and its first arguments).
"""

import concurrent.futures
import json
import os
import shlex
import subprocess
import time

import requests

RUNS = "/apis/tekton.dev/v1/namespaces/{}/pipelineruns"
TASK_RUNS = "/apis/tekton.dev/v1/namespaces/{}/taskruns"
PODS = "/api/v1/namespaces/{}/pods"


class Refused(AssertionError):
    """The API server did not take a call."""


class Cluster:
    def __init__(self):
        assert os.environ.get("KUBECONFIG"), "KUBECONFIG names the cluster; make test-cluster brings one up"
        self.kubectl = shlex.split(os.environ.get("KUBECTL", "kubectl"))
        self.proxy = subprocess.Popen(
            [*self.kubectl, "proxy", "--port=0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        line = self.proxy.stdout.readline()
        if "127.0.0.1:" not in line:
            self.close()
            raise AssertionError(f"kubectl proxy did not start: {line}")
        self.address = "http://" + line.split()[-1]

    def close(self):
        self.proxy.terminate()
        self.proxy.wait(timeout=20)

    def call(self, method, path, **keywords):
        answer = requests.request(method, self.address + path, timeout=60, **keywords)
        if answer.status_code >= 300:
            raise Refused(f"{method} {path}: {answer.status_code} {answer.text[:2000]}")
        return answer

    def get(self, path, **query):
        return self.call("GET", path, params=query).json()

    def create(self, path, thing):
        # Without Strict an unknown field would silently be gone.
        return self.call("POST", path, params={"fieldValidation": "Strict"}, json=thing).json()

    def patch(self, path, change):
        return self.call("PATCH", path, json=change, headers={"Content-Type": "application/merge-patch+json"}).json()

    def delete(self, path):
        return self.call("DELETE", path).json()


class Finished:
    """A PipelineRun at its end."""

    def __init__(self, run, task_runs, logs):
        self.run, self.task_runs = run, task_runs
        self.logs = logs  # {(TaskRun, attempt, container): text}
        status = run["status"]
        self.condition = next(c for c in status["conditions"] if c["type"] == "Succeeded")
        self.outcome = "Succeeded" if self.condition["status"] == "True" else "Failed"
        annotation = run["metadata"].get("annotations", {}).get("component-hub.dev/names", "{}")
        self.names = json.loads(annotation)
        self.results = {
            self.names.get("results", {}).get(r["name"], r["name"]): r["value"] for r in status.get("results", [])
        }
        self.skipped = {self.path(task["name"]): task["reason"] for task in status.get("skippedTasks", [])}

    def path(self, tekton_name):
        """What the document calls a task."""
        return self.names.get("tasks", {}).get(tekton_name, {}).get("path", tekton_name)

    def is_condition(self, path):
        """Whether a task is not the document's, but computes a condition of one."""
        return any(t["path"] == path and "condition_of" in t for t in self.names.get("tasks", {}).values())

    def of(self, path):
        """The TaskRuns of a task of the document, in the order of its matrix."""
        found = [t for t in self.task_runs if self.path(t["metadata"]["labels"]["tekton.dev/pipelineTask"]) == path]
        return sorted(found, key=lambda t: (len(t["metadata"]["name"]), t["metadata"]["name"]))

    @property
    def ran(self):
        return {self.path(t["metadata"]["labels"]["tekton.dev/pipelineTask"]) for t in self.task_runs}

    @property
    def failed(self):
        return {
            self.path(t["metadata"]["labels"]["tekton.dev/pipelineTask"])
            for t in self.task_runs
            if any(c["type"] == "Succeeded" and c["status"] == "False" for c in t["status"]["conditions"])
        }

    def log(self, path):
        """All that the steps of a task printed."""
        names = [t["metadata"]["name"] for t in self.of(path)]
        return "".join(text for (task_run, _, _), text in sorted(self.logs.items()) if task_run in names)

    def attempts(self, path):
        """How often a task that is no matrix was tried."""
        return len(self.of(path)[0]["status"].get("retriesStatus", [])) + 1

    def printed(self, path, attempt):
        """What an attempt of such a task printed, the first being 0."""
        return self.printed_by(self.of(path)[0]["metadata"]["name"], attempt)

    def printed_by(self, task_run, attempt):
        return "".join(text for (t, number, _), text in sorted(self.logs.items()) if (t, number) == (task_run, attempt))

    def story(self):
        """What happened, for somebody who looks at a failed test."""
        lines = [f"{self.condition['reason']}: {self.condition.get('message', '')}", f"results: {self.results}"]
        lines += [f"skipped {task}: {reason}" for task, reason in self.skipped.items()]
        for task_run in self.task_runs:
            said = task_run["status"]["conditions"][0]
            lines.append(f"{task_run['metadata']['name']}: {said['reason']}: {said.get('message', '')}")
        lines += [f"-- {' '.join(map(str, key))}\n{text[-2000:]}" for key, text in sorted(self.logs.items()) if text]
        return "\n".join(lines)


class Runs:
    """PipelineRuns in one namespace, a few at a time."""

    def __init__(self, cluster, namespace, parallel=4, timeout=240):
        self.cluster, self.namespace, self.timeout = cluster, namespace, timeout
        self.pool = concurrent.futures.ThreadPoolExecutor(parallel)

    def submit(self, manifest):
        """manifest: a PipelineRun, or what makes one. Gives the future of a Finished."""
        return self.pool.submit(lambda: self.run(manifest() if callable(manifest) else manifest))

    def close(self):
        self.pool.shutdown(cancel_futures=True)

    def run(self, manifest):
        created = self.cluster.create(RUNS.format(self.namespace), manifest)
        name = created["metadata"]["name"]
        run = self._wait(name)
        task_runs = self.cluster.get(
            TASK_RUNS.format(self.namespace), labelSelector=f"tekton.dev/pipelineRun={name}"
        )["items"]
        finished = Finished(run, task_runs, self._logs(task_runs))
        assert "completionTime" in run["status"], f"no end after {self.timeout} s\n{finished.story()}"
        return finished

    def _wait(self, name):
        deadline = time.monotonic() + self.timeout
        while True:
            run = self.cluster.get(f"{RUNS.format(self.namespace)}/{name}")
            if "completionTime" in run.get("status", {}) or time.monotonic() > deadline:
                return run
            time.sleep(0.5)

    def _logs(self, task_runs):
        logs = {}
        for task_run in task_runs:
            attempts = [*task_run["status"].get("retriesStatus", []), task_run["status"]]
            for number, attempt in enumerate(attempts):
                for step in attempt.get("steps", []):
                    if "terminated" not in step or not attempt.get("podName"):
                        continue
                    logs[task_run["metadata"]["name"], number, step["container"]] = self._log(
                        attempt["podName"], step["container"]
                    )
        return logs

    def _log(self, pod, container):
        try:
            path = f"{PODS.format(self.namespace)}/{pod}/log"
            return self.cluster.call("GET", path, params={"container": container}).content.decode(errors="replace")
        except Refused as refusal:
            return f"({refusal})"
