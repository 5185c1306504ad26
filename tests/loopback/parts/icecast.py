"""A real icecast2 that relays a stream."""

import os
import pathlib
import urllib.parse

from parts.process import NotInTime, Program, bracketed, free_port

CONFIG = """<icecast>
  <limits><sources>2</sources></limits>
  <authentication>
    <source-password>{password}</source-password>
    <relay-password>{password}</relay-password>
    <admin-user>admin</admin-user>
    <admin-password>{password}</admin-password>
  </authentication>
  <hostname>localhost</hostname>
  <listen-socket><port>{port}</port><bind-address>{address}</bind-address></listen-socket>
  <relay>
    <server>{server}</server>
    <port>{server_port}</port>
    <mount>{mount}</mount>
    <local-mount>/relay</local-mount>
    <on-demand>0</on-demand>
    <relay-shoutcast-metadata>1</relay-shoutcast-metadata>
  </relay>
  <paths>
    <logdir>{folder}</logdir>
    <webroot>/usr/share/icecast2/web</webroot>
    <adminroot>/usr/share/icecast2/admin</adminroot>
  </paths>
  <logging><accesslog>access.log</accesslog><errorlog>-</errorlog><loglevel>4</loglevel></logging>
  <security><chroot>0</chroot>{owner}</security>
</icecast>
"""

# It refuses to run as root.
OWNER = "<changeowner><user>nobody</user><group>nogroup</group></changeowner>"


class Icecast(Program):
    """Relays `stream_url` as `url` for as long as it runs."""

    def __init__(self, folder, stream_url, *, address="127.0.0.1"):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o777)
        source = urllib.parse.urlsplit(stream_url)
        for attempt in range(5):
            port = free_port(address)
            config = folder / "icecast.xml"
            config.write_text(CONFIG.format(
                folder=folder, address=address, port=port, server=source.hostname,
                server_port=source.port, mount=source.path, password=os.urandom(8).hex(),
                owner=OWNER if os.geteuid() == 0 else ""))
            config.chmod(0o644)
            super().__init__(["icecast2", "-c", config], name="icecast2")
            self.url = f"http://{bracketed(address)}:{port}/relay"
            try:
                self.line("Icecast 2.* server started", stream="stderr")
                return
            except NotInTime:
                self.stop()
                if attempt == 4:
                    raise

    def relaying(self):
        """Waits until it has the stream."""
        # Its log says so. Asked for its status while it begins, icecast2 2.4.4 crashes now and then.
        self.line("new node stream_start ", stream="stderr")
        return self
