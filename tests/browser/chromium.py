"""What driving the pages takes: Chromium's flags, the sign-in link, what pages complain of, a proxy that makes the hub
slow or broken."""

import pathlib
import re
import socket
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Without these Chromium asks its maker's servers for this and that at every start.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]


def sign_in_link(hub):
    """The link that the hub printed when it started."""
    code = re.findall(r"http://\S*#code=([0-9a-f]+)", hub.log.read_text())[-1]
    return hub.url(f"/#code={code}")


class Complaints(list):
    """What pages wrote to the console as errors, and exceptions that nobody caught."""

    def watch(self, page):
        page.on("pageerror", lambda error: self.append(f"exception: {error}"))
        page.on("console", lambda message: self._console(message))

    def _console(self, message):
        # Answers with an error status are written there by the browser itself; tests of errors look at the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.append(message.text)


class FaultyProxy:
    """Stands between a browser and the hub, byte for byte; `mode` is pass, stop (nothing listens), slow (each request
    waits 2 s) or fail (each request is answered 500)."""

    SLOW = 2.0

    def __init__(self, target_port):
        self.target_port = target_port
        self.mode = "pass"
        self.listener = None
        self.connections = set()
        self.lock = threading.Lock()
        self._listen(0)
        self.base = f"http://127.0.0.1:{self.port}"

    def _listen(self, port):
        self.listener = socket.create_server(("127.0.0.1", port), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def set(self, mode):
        """Also cuts what is open, so that the new mode holds for everything."""
        self.mode = mode
        if mode == "stop" and self.listener:
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept, or one more would get through
            self.listener.close()
            self.listener = None
        elif mode != "stop" and self.listener is None:
            self._listen(self.port)
        with self.lock:
            for each in self.connections:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def close(self):
        self.set("stop")

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        if self.mode == "fail":
            with client:
                client.recv(65536)
                client.sendall(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        try:
            server = socket.create_connection(("127.0.0.1", self.target_port))
        except OSError:
            client.close()
            return
        with self.lock:
            self.connections |= {client, server}
        back = threading.Thread(target=self._copy, args=(server, client, 0), daemon=True)
        back.start()
        self._copy(client, server, self.SLOW if self.mode == "slow" else 0)
        back.join()
        with self.lock:
            self.connections -= {client, server}
        client.close()
        server.close()

    def _copy(self, source, sink, delay):
        try:
            while chunk := source.recv(65536):
                time.sleep(delay)
                sink.sendall(chunk)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            for each in (source, sink):
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
