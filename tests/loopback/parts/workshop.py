"""One machine's worth of programs for a test, and their end."""

import itertools
import pathlib
import shutil
import tempfile

from parts.alluvium import Gateway, Listener
from parts.http import Recording
from parts.icecast import Icecast
from parts.nginx import Nginx
from parts.process import NotInTime
from parts.station import Station


class Workshop:
    """Starts programs, keeps their files in a folder of its own, and ends them in `close`. Servers
    are at `address` unless told otherwise."""

    def __init__(self, address="127.0.0.1"):
        self.address = address
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="alluvium-test-"))
        self.folder.chmod(0o755)
        self.programs = []
        self._recordings = []
        self._numbers = itertools.count(1)

    def close(self):
        """Ends everything; returns what was wrong with how the programs fared."""
        complaints = []
        for recording in self._recordings:
            recording.stop()
        for running in reversed(self.programs):
            complaints.append(running.complaint())
            try:
                running.stop()
            except NotInTime as error:
                complaints.append(str(error).splitlines()[0])
            complaints.append(running.complaint())
        shutil.rmtree(self.folder)
        return list(dict.fromkeys(filter(None, complaints)))

    def story(self):
        return "\n".join(running.story() for running in self.programs)

    def started(self, running):
        """Has a program ended with the rest."""
        self.programs.append(running)
        return running

    def fresh(self, name):
        """A path that nothing has yet."""
        return self.folder / f"{name}-{next(self._numbers)}"

    def origin(self, *, name="origin", root=None, **more):
        """An nginx, and the station it serves as `.station`."""
        root = root or self.fresh(f"{name}-root")
        root.mkdir(exist_ok=True)
        more.setdefault("address", self.address)
        server = self.started(Nginx(self.fresh(name), root, name=name, **more))
        server.station = Station(root, server.base)
        return server

    def gateway(self, *stations, **more):
        more.setdefault("address", self.address)
        store = more.pop("store", None) or self.fresh("store")
        return self.started(Gateway(store, stations=stations, **more))

    def listener(self, playlist, **more):
        """A running `alluvium`, that may not serve yet. Without `gateway` it has none."""
        more.setdefault("address", self.address)
        more.setdefault("gateway", "none")
        more.setdefault("name", f"listener-{next(self._numbers)}")
        cache = more.pop("cache", None) or self.fresh("cache")
        return self.started(Listener(playlist, cache=cache, **more))

    def icecast(self, stream_url):
        return self.started(Icecast(self.fresh("icecast"), stream_url, address=self.address))

    def record(self, url, **more):
        recording = Recording(url, **more)
        self._recordings.append(recording)
        return recording
