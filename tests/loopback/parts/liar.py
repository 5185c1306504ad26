"""A gateway, and a listener, that have others call whom they should not."""

import http.server
import json
import threading
import urllib.error
import urllib.request


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """Who has heard enough goes."""


class Liar:
    """Passes on what a good gateway says, but names only `places` (`HOST:PORT`) as other listeners,
    as sources, and as whom to offer a connection; and is itself a listener that knows of them.
    `asked` counts what it was asked, by path."""

    def __init__(self, machine, gateway, places):
        self.asked = {}
        liar = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self):
                path = self.path.partition("?")[0]
                liar.asked[path] = liar.asked.get(path, 0) + 1
                if path.startswith("/uri-res/N2R"):
                    return self.say(503, b"", [
                        ("X-Available-Ranges", "bytes 0-99999999"),
                        *(("X-URI-RES", f"http://{place}{self.path} ; N2R") for place in places)])
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = urllib.request.Request(gateway + self.path, body or None,
                                                 method=self.command)
                if body:
                    request.add_header("Content-Type", "application/json")
                try:
                    with machine, urllib.request.urlopen(request, timeout=20) as good:
                        status, said, headers = good.status, good.read(), good.headers
                except urllib.error.HTTPError as error:
                    status, said, headers = error.code, error.read(), error.headers
                if path == "/gateway/announce" and self.command == "POST":
                    said = liar.twist(json.loads(said), json.loads(body))
                self.say(status, said, [("Content-Type", headers.get("Content-Type", "text/plain"))])

            do_GET = do_HEAD = do_POST = do_DELETE = answer

            def say(self, status, body, headers):
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

        with machine:
            server = Server((machine.address, 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.place = f"{machine.address}:{server.server_port}"
        self.url = f"http://{self.place}"
        self._places = [self.place, *places]

    def twist(self, answer, asked):
        answer["reachable"] = False
        answer["reverse"] = {"to": [{"address": place, "token": "1.2.3.4"} for place in self._places]}
        for swarm in answer.get("swarms", []):
            swarm["peers"] = [{"address": place, "available": "all"} for place in self._places]
        answer["from"] = [
            {"urn": want["urn"], "bytes": want["bytes"], "source": place, "ticket": 1, "wait": 1}
            for want in asked.get("want", []) for place in self._places]
        return json.dumps(answer).encode()
