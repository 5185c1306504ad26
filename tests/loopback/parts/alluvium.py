"""The project's three programs."""

import json
import subprocess

from parts.http import ask
from parts.process import BUILD, Program, bracketed, eventually

PLACES = {
    "alluvium": "player-bridge",
    "alluvium-gateway": "gateway",
    "alluvium-broadcaster": "gateway/broadcaster",
}


def program(name):
    """The path of a program in the build folder."""
    return BUILD / PLACES[name] / name


class Gateway(Program):
    """An `alluvium-gateway`; it is serving once this has been made."""

    def __init__(self, store, *, stations=(), allow=(), address="127.0.0.1", port=0, options=(),
                 name="gateway", environment=None):
        nets = {"127.0.0.1": "127.0.0.0/8", "::1": "::1/128"}
        command = [program("alluvium-gateway"), "--listen", f"{bracketed(address)}:{port}",
                   "--store", store, "--allow-net", nets.get(address, f"{address}/32")]
        for station in stations:
            command += ["--station", station]
        for prefix in allow:
            command += ["--allow", prefix]
        super().__init__([*command, *options], name=name, environment=environment)
        self.url = self.line(r"^gateway (https?://\S+?)/?$")[1]

    def head(self, url, *, method="GET", headers=None):
        return ask(method, f"{self.url}/gateway/head?uri={url}", headers=headers)

    def facts(self, url):
        """What it knows of a file, once it knows it."""
        def look():
            answer = self.head(url, headers={"Prefer": "wait=5"})
            return answer.json() if answer.status == 200 else None
        return eventually(look, what=f"the gateway knows {url}")


class Listener(Program):
    """An `alluvium`. `serving()` waits for its three lines."""

    def __init__(self, playlist, *, cache, gateway=None, address="127.0.0.1", listen=None,
                 peer_listen=None, share="unlimited", map_port="off", options=(), name="listener",
                 environment=None):
        here = f"{bracketed(address)}:0"
        command = [program("alluvium"), "--listen", listen or here,
                   "--peer-listen", peer_listen or here, "--cache", cache, "--map-port", map_port]
        if gateway is not None:
            command += ["--gateway", gateway]
        if share is not None:
            command += ["--share", share]
        super().__init__([*command, *options, playlist], name=name, environment=environment)

    def serving(self):
        self.line(r"^peers ")
        return self

    @property
    def stream_url(self):
        return self.line(r"^stream (\S+)$")[1]

    @property
    def page_url(self):
        return self.line(r"^page (\S+)$")[1]

    @property
    def peer_address(self):
        """`HOST:PORT` where other listeners reach it, None if it does not share."""
        said = self.line(r"^peers (\S+)$")[1]
        return None if said == "off" else said

    def local(self, path):
        """The URL of `path` on its local port."""
        return "/".join(self.page_url.split("/")[:3]) + path

    def status(self):
        answer = ask("GET", self.local("/status.json"))
        if answer.status != 200:
            raise AssertionError(f"status.json answered {answer.status}: {answer.body[:200]!r}")
        return answer.json()

    def await_status(self, predicate, what, timeout=None):
        """The first status of which `predicate` is true."""
        last = {}

        def look():
            last.clear()
            last.update(self.status())
            return predicate(last)

        try:
            eventually(look, **({"timeout": timeout} if timeout else {}))
        except AssertionError as error:
            raise AssertionError(f"{self.name}: {what}: {error}\n{json.dumps(last)}") from None
        return last

    def await_whole_item(self, timeout=None):
        """Waits until it holds every chunk of what is on."""
        return self.await_status(
            lambda s: s["chunks"]["total"] and s["chunks"]["held"] == s["chunks"]["total"],
            "holds the whole item", timeout)

    def await_problem(self, words):
        """Waits until its page names a problem that contains `words`; returns the text."""
        status = self.await_status(
            lambda s: any(words.lower() in p["text"].lower() for p in s["problems"]),
            f"has a problem that says {words!r}")
        return next(p["text"] for p in status["problems"] if words.lower() in p["text"].lower())


def broadcast_init(folder, base, *options):
    """Runs `alluvium-broadcaster init`; returns the finished process."""
    return subprocess.run(
        [program("alluvium-broadcaster"), "init", folder, "--base", base, *options],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
