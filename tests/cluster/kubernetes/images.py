#!/usr/bin/env python3
"""Container images without Docker. `make FOLDER BIN VERSION` lays OCI images out as the tree of a registry, made of
Debian's packages and Tekton's programs; `serve FOLDER PORT` is the registry. It stands in for every other one: whatever
image is named `busybox` or `python` is ours, with any tag."""

import hashlib
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

PYTHON = """base-files bash coreutils dash findutils grep gzip sed tar libacl1 libattr1 libbz2-1.0 libc6 libcrypt1
  libdb5.3 libexpat1 libffi8 libgcc-s1 libgmp10 liblzma5 libncursesw6 libpcre2-8-0 libpython3.11-minimal
  libpython3.11-stdlib libreadline8 libselinux1 libsqlite3-0 libssl3 libtinfo6 libuuid1 libzstd1 media-types
  python3.11-minimal zlib1g"""
TEKTON = ("entrypoint", "nop", "sidecarlogresults", "workingdirinit")
MEDIA = "application/vnd.oci.image."


class Tree:
    """Images as files below v2/, as GET asks for them."""

    def __init__(self, folder):
        self.folder = folder

    def add(self, name, root, **config):
        """The folder root as the one layer of image name (repository:tag)."""
        for folder in "tmp", "etc", "proc", "sys", "dev", "root":
            (root / folder).mkdir(parents=True, exist_ok=True)
        (root / "tmp").chmod(0o1777)
        users = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"
        (root / "etc/passwd").write_text(users)
        (root / "etc/group").write_text("root:x:0:\nnogroup:x:65534:\n")
        repository, tag = name.rsplit(":", 1)
        base = self.folder / "v2" / repository
        layer = self._put(base / "blobs", _packed(root), MEDIA + "layer.v1.tar")
        settings = {
            "architecture": "amd64", "os": "linux",
            "config": {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"], **config},
            "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]},
        }
        settings = self._put(base / "blobs", json.dumps(settings).encode(), MEDIA + "config.v1+json")
        manifest = {
            "schemaVersion": 2, "mediaType": MEDIA + "manifest.v1+json", "config": settings, "layers": [layer]
        }
        put = self._put(base / "manifests", json.dumps(manifest).encode(), MEDIA + "manifest.v1+json")
        shutil.copy(base / "manifests" / put["digest"], base / "manifests" / tag)

    @staticmethod
    def _put(folder, data, media):
        folder.mkdir(parents=True, exist_ok=True)
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        (folder / digest).write_bytes(data)
        return {"mediaType": media, "size": len(data), "digest": digest}


def _packed(root):
    def owned_by_root(member):
        member.uid = member.gid = member.mtime = 0
        member.uname = member.gname = "root"
        return member

    with tempfile.TemporaryFile() as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            tar.add(root, ".", filter=owned_by_root)
        file.seek(0)
        return file.read()


def _busybox(root):
    (root / "bin").mkdir(parents=True)
    shutil.copy("/bin/busybox", root / "bin")
    for applet in subprocess.check_output(["/bin/busybox", "--list"], text=True).split():
        if applet != "busybox":
            (root / "bin" / applet).symlink_to("busybox")
    return root


def _python(root, packages):
    packages.mkdir()
    command = ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root"]
    subprocess.check_call([*command, *PYTHON.split()], cwd=packages)
    for package in packages.iterdir():
        subprocess.check_call(["dpkg-deb", "-x", package, root])
    shutil.rmtree(root / "usr/share/doc")
    for link, to in {"usr/bin/python3": "python3.11", "usr/bin/python": "python3.11", "bin/sh": "dash"}.items():
        (root / link).unlink(missing_ok=True)
        (root / link).symlink_to(to)
    return root


def make(folder, programs, version):
    tree = Tree(folder)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        temporary = pathlib.Path(temporary)
        busybox = _busybox(temporary / "busybox")
        tree.add("library/busybox:latest", busybox, Cmd=["sh"])
        tree.add("pause:1", busybox, Entrypoint=["/bin/busybox", "sleep", "2147483647"])
        python = _python(temporary / "python", temporary / "packages")
        tree.add("library/python:latest", python, Cmd=["python3"])
        (temporary / "tekton" / "ko-app").mkdir(parents=True)
        for program in TEKTON:
            shutil.copy(programs / program, temporary / "tekton" / "ko-app")
        tree.add(f"tekton:{version}", temporary / "tekton", Entrypoint=["/ko-app/nop"])


class Registry(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def translate_path(self, path):
        parts = path.split("?")[0].split("/")  # "", v2, …, name, manifests | blobs, reference
        if len(parts) > 4 and parts[-3] in ("busybox", "python"):
            parts[2:-3] = ["library"]
            if parts[-2] == "manifests" and not parts[-1].startswith("sha256:"):
                parts[-1] = "latest"
        return super().translate_path("/".join(parts))

    def guess_type(self, path):
        return MEDIA + "manifest.v1+json" if "/manifests/" in path else "application/octet-stream"


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4])
    else:
        os.chdir(sys.argv[2])
        http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[3])), Registry).serve_forever()
