"""The origin: a real nginx with a configuration of its own."""

import dataclasses
import os
import pathlib
import re
import urllib.parse

from parts.process import NotInTime, Program, bracketed, eventually, free_port

CONFIG = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr notice;
events {{ worker_connections 1024; }}
http {{
  types {{
    application/x-alluvium rss;
    audio/mpeg mp3;
    audio/ogg ogg oga opus;
    audio/aac aac;
    video/webm webm;
    application/json json;
    application/octet-stream thex;
    text/html html;
  }}
  log_format counted '$status\t$body_bytes_sent\t$request_method\t$uri\t$http_range\t$remote_addr'
                     '\t$msec\t$request_time';
  access_log {folder}/access.log counted;
  client_body_temp_path {folder}/temp;
  proxy_temp_path {folder}/temp;
  fastcgi_temp_path {folder}/temp;
  uwsgi_temp_path {folder}/temp;
  scgi_temp_path {folder}/temp;
  server {{
    {listen}
    root {root};
    {extra}
  }}
}}
"""


@dataclasses.dataclass(frozen=True)
class Request:
    status: int
    body_bytes: int
    method: str
    path: str
    range: str
    remote: str
    began: float  # Unix time


class Nginx(Program):
    """Serves `root` and counts what it has sent. `also` are more addresses, `host` is how its URLs
    name it; `extra` are lines for the server block."""

    def __init__(self, folder, root, *, address="127.0.0.1", also=(), host=None, extra="",
                 name="nginx"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "temp").mkdir(exist_ok=True)
        self.root = pathlib.Path(root)
        # nginx cannot choose a port itself, and another program may take a free one first.
        for attempt in range(5):
            port = free_port(address)
            self.base = f"http://{host or bracketed(address)}:{port}/"
            listen = "".join(f"listen {bracketed(one)}:{port};" for one in (address, *also))
            config = self.folder / "nginx.conf"
            config.write_text(CONFIG.format(
                user="user root;" if os.geteuid() == 0 else "", folder=self.folder,
                listen=listen, root=self.root, extra=extra))
            super().__init__(["nginx", "-p", self.folder, "-c", config, "-e", "stderr"], name=name)
            try:
                self.line("start worker process [0-9]", stream="stderr")
                return
            except NotInTime:
                self.stop()
                if attempt == 4:
                    raise

    def url(self, path):
        return self.base + urllib.parse.quote(path)

    def requests(self, path=None):
        """What it has answered so far (each is known once its answer has ended)."""
        log = self.folder / "access.log"
        found = []
        for line in log.read_text().splitlines() if log.exists() else []:
            status, size, method, uri, byte_range, remote, ended, took = line.split("\t")
            if path is None or uri == "/" + path:
                found.append(Request(int(status), int(size), method, uri, byte_range, remote,
                                     float(ended) - float(took)))
        return found

    def body_bytes(self, path):
        return sum(request.body_bytes for request in self.requests(path))

    def fetched_bytes(self, sound):
        """How much of a file listeners have had, whatever they asked for twice; a gateway reads it
        whole."""
        had = bytearray(len(sound.data))
        for request in self.requests(sound.name):
            if request.status == 206:
                first = int(re.match(r"bytes=(\d+)-", request.range)[1])
                had[first:first + request.body_bytes] = b"\1" * request.body_bytes
        return sum(had)

    def await_request(self, path, matching=lambda request: True):
        """The first answered request for `path` that `matching` is true of."""
        return eventually(lambda: next(filter(matching, self.requests(path)), None),
                          what=f"a request for {path}")
