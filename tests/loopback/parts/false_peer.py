"""A peer that announces what it has not got and serves bytes that are not the file's."""

import http.server
import socket
import json
import re
import threading

from parts import thex
from parts.http import ask
from parts.process import bracketed


class FalsePeer:
    """Runs from its making until `stop`, at an address of its own."""

    def __init__(self, sound, *, address="127.0.0.9", with_row=True):
        self.sound = sound
        self.address = address
        self.served_bytes = 0
        peer = self

        class Answers(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self):
                peer.answer(self, with_body=False)

            def do_GET(self):
                peer.answer(self, with_body=True)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in address else socket.AF_INET

        self.server = Server((address, 0), Answers)
        self.server.daemon_threads = True
        self.with_row = with_row
        self.endpoint = f"{bracketed(address)}:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()

    def answer(self, request, with_body):
        row = b"".join(thex.leaf_row(self.sound.data))
        if request.path == f"/uri-res/N2X?{self.sound.urn}" and self.with_row:
            status, body, more = 200, row, []
        elif request.path == f"/uri-res/N2R?{self.sound.urn}":
            asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", "bytes=0-"))
            size = len(self.sound.data)
            first, last = int(asked[1]), min(int(asked[2] or size - 1), size - 1)
            # Frames that a player would take: only the hash can tell.
            body = bytes(byte ^ 1 if i % 100 == 50 else byte
                         for i, byte in enumerate(self.sound.data[first:last + 1]))
            status, more = 206, [("Content-Range", f"bytes {first}-{last}/{size}")]
        else:
            status, body, more = 404, b"", []
        request.send_response(status)
        request.send_header("Content-Type", "application/octet-stream")
        request.send_header("Content-Length", str(len(body)))
        for name, value in more:
            request.send_header(name, value)
        request.end_headers()
        if with_body:
            request.wfile.write(body)
            if status == 206:
                self.served_bytes += len(body)

    def announce(self, gateway):
        """Tells the gateway at this URL that it has the whole file."""
        body = json.dumps({"port": self.server.server_port, "up_bps": 10_000_000, "holdings": [
            {"urn": self.sound.urn, "available": "all"}], "want": [], "failed": []})
        return ask("POST", f"{gateway}/gateway/announce", body=body.encode(),
                   headers={"Content-Type": "application/json"}, source=self.address)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()
