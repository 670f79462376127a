"""What the tests on a real Tekton share: the cluster of KUBECONFIG, and a namespace of their own in it."""

import os
import secrets
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from tekton import Cluster, Refused, Runs

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("COMPONENT_HUB", ROOT / "build/release/component-hub")).resolve()
CLAIMS = "/api/v1/namespaces/{}/persistentvolumeclaims"


def claim(name):
    return {
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }


SECRET = {"metadata": {"name": "service"}, "stringData": {"token": "token-123", "value": "p$ss(wd)1", "key.pem": "key\nkey\n1"}}
# What documents name and do not bring: (where in a namespace, object).
PROVIDED = [
    (CLAIMS, claim("team-data")),
    (CLAIMS, claim("models")),
    (CLAIMS, claim("my-data")),
    ("/api/v1/namespaces/{}/secrets", SECRET),
    ("/api/v1/namespaces/{}/serviceaccounts", {"metadata": {"name": "trainer"}}),
    ("/api/v1/namespaces/{}/serviceaccounts", {"metadata": {"name": "runner"}}),
    ("/api/v1/namespaces/{}/secrets", {"metadata": {"name": "database"}, "stringData": {"password": "s3cret"}}),
    ("/api/v1/namespaces/{}/secrets", {"metadata": {"name": "tokens"}, "stringData": {"token": "t"}}),
    ("/api/v1/namespaces/{}/configmaps", {"metadata": {"name": "settings"}, "data": {"level": "debug"}}),
    ("/api/v1/namespaces/{}/configmaps", {"metadata": {"name": "build-settings"}, "data": {"mode": "fast"}}),
]


def permissions():
    """What `--as rbac` prints for the document that makes resources: (where in a namespace, object)."""
    document = ROOT / "tests/conformance/compile/documents/kubernetes-resources-made.yaml"
    done = subprocess.run([BINARY, "compile", "--as", "rbac", "--catalog", ROOT / "catalog/starter", document],
                          capture_output=True, timeout=60, check=True)
    for thing in yaml.safe_load_all(done.stdout):
        group = "/api/v1" if thing["apiVersion"] == "v1" else f"/apis/{thing['apiVersion']}"
        yield group + "/namespaces/{}/" + thing["kind"].lower() + "s", thing


@pytest.fixture(scope="session")
def cluster():
    cluster = Cluster()
    yield cluster
    cluster.close()


@pytest.fixture(scope="session")
def namespace(cluster):
    name = "cluster-" + secrets.token_hex(4)
    cluster.create("/api/v1/namespaces", {"metadata": {"name": name}})
    for path, thing in [*PROVIDED, *permissions()]:
        cluster.create(path.format(name), thing)
    for _ in range(100):  # pods are refused before the account is there
        try:
            cluster.get(f"/api/v1/namespaces/{name}/serviceaccounts/default")
            break
        except Refused:
            time.sleep(0.1)
    yield name
    cluster.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture(scope="session")
def fast_class(cluster):
    """A storage class named `fast`, like the default one, and nodes that are labelled `disk: ssd`."""
    classes = cluster.get("/apis/storage.k8s.io/v1/storageclasses")["items"]
    added = []
    if not any(c["metadata"]["name"] == "fast" for c in classes):
        default = next(
            c for c in classes
            if c["metadata"].get("annotations", {}).get("storageclass.kubernetes.io/is-default-class") == "true"
        )
        kept = {k: default[k] for k in ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode") if k in default}
        cluster.create("/apis/storage.k8s.io/v1/storageclasses", {"metadata": {"name": "fast"}} | kept)
        added.append("/apis/storage.k8s.io/v1/storageclasses/fast")
    label = {"metadata": {"labels": {"disk": "ssd"}}}
    unlabelled = [n["metadata"]["name"] for n in cluster.get("/api/v1/nodes")["items"]
                  if "disk" not in n["metadata"].get("labels", {})]
    for node in unlabelled:
        cluster.patch(f"/api/v1/nodes/{node}", label)
    yield
    for path in added:
        cluster.delete(path)
    for node in unlabelled:
        cluster.patch(f"/api/v1/nodes/{node}", {"metadata": {"labels": {"disk": None}}})


@pytest.fixture(scope="session")
def runs(cluster, namespace, fast_class):
    runs = Runs(cluster, namespace)
    yield runs
    runs.close()
