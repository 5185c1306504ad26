"""A crowd of aria2 processes: what `flash_crowd.py` runs beside `alluvium`. Each has an address of
its own, and a tracker that tells it of all others at once."""

import contextlib
import hashlib
import http.server
import json
import pathlib
import socket
import threading
import time

from common import eventually
from parts.http import ask
from parts.process import Program

PIECE = 16384  # Alluvium's chunk, and as small as pieces can be.
PATIENCE = 120
FIRST_PORT = 21_000  # BitTorrent's, which aria2 cannot have the system choose; RPC's are behind.


def bencoded(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    return b"d" + b"".join(bencoded(key) + bencoded(value[key]) for key in sorted(value)) + b"e"


def torrent(name, data, tracker, web_seed):
    pieces = b"".join(hashlib.sha1(data[at:at + PIECE]).digest()
                      for at in range(0, len(data), PIECE))
    return bencoded({"announce": tracker, "url-list": web_seed, "info": {
        "name": name, "length": len(data), "piece length": PIECE, "pieces": pieces}})


@contextlib.contextmanager
def tracker(endpoints):
    """Its URL. It tells whoever asks of all endpoints."""
    everybody = b"".join(socket.inet_aton(address) + port.to_bytes(2, "big")
                         for address, port in endpoints)

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = bencoded({"interval": 60, "peers": everybody})
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        request_queue_size = 1024
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/announce"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def written_bytes(path):
    try:
        return path.stat().st_blocks * 512
    except OSError:
        return 0


def uploaded_bytes(rpc_port):
    answer = ask("POST", f"http://127.0.0.1:{rpc_port}/jsonrpc", body=json.dumps({
        "jsonrpc": "2.0", "id": "1", "method": "aria2.tellActive"}).encode()).json()
    return sum(int(one["uploadLength"]) for one in answer["result"])


def run(shop, url, data, count, mode, up_bytes_a_second):
    """Figures of one run; what nginx has sent, the caller knows. `mode` is "metalink": plain HTTP,
    or "web seed": a torrent with a web seed. A piece counts when its bytes are on disk."""
    name = url.rsplit("/", 1)[1]
    endpoints = [(f"127.3.{1 + n // 200}.{1 + n % 200}", FIRST_PORT + n) for n in range(count)]
    folder = shop.fresh("aria2")
    folder.mkdir()
    with tracker(endpoints) as announce:
        if mode == "metalink":
            source = folder / "song.meta4"
            source.write_text(
                '<?xml version="1.0"?><metalink xmlns="urn:ietf:params:xml:ns:metalink">'
                f'<file name="{name}"><size>{len(data)}</size><hash type="sha-256">'
                f'{hashlib.sha256(data).hexdigest()}</hash><url>{url}</url></file></metalink>')
        else:
            source = folder / "song.torrent"
            source.write_bytes(torrent(name, data, announce, url))
        started, files = [], []
        for number, (address, port) in enumerate(endpoints):
            own = folder / str(number)
            own.mkdir()
            files.append(own / name)
            started.append(shop.started(Program(
                ["aria2c", "--no-conf", "--quiet", "--allow-overwrite=true", f"--dir={own}",
                 "--file-allocation=none", "--disk-cache=0", f"--interface={address}",
                 f"--listen-port={port}", "--enable-dht=false", "--enable-dht6=false",
                 "--bt-enable-lpd=false", "--seed-ratio=0.0", "--enable-rpc=true",
                 f"--rpc-listen-port={FIRST_PORT + count + number}",
                 f"--max-overall-upload-limit={up_bytes_a_second}", source],
                name=f"aria2-{number}")))
        first, complete = {}, {}

        def look():
            for number, file in enumerate(files):
                if number in complete:
                    continue
                written = written_bytes(pathlib.Path(file))
                if written:
                    first.setdefault(number, time.monotonic())
                if written >= len(data):
                    complete[number] = time.monotonic()
            return len(complete) == count

        try:
            eventually(look, timeout=PATIENCE)
        except AssertionError:
            pass
        uploaded = sum(uploaded_bytes(FIRST_PORT + count + number) for number in range(count))
        for one in started:
            one.ending = True
            one.process.terminate()
        for one in started:
            one.stop()
    began = started[0].began
    return {
        "first_piece_ms": [1000 * (first[n] - started[n].began) for n in first],
        "all_complete_s": max(complete.values()) - began if len(complete) == count else None,
        "incomplete": count - len(complete),
        "uploaded_bytes": uploaded,
        "started_within_ms": 1000 * (started[-1].began - began),
    }
