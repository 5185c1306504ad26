"""A real Redis."""

import subprocess

from parts.process import NotInTime, Program, free_port


class Redis(Program):
    """Keeps nothing on disk. `port`: where one ran before. `password`: only who says it is let in."""

    def __init__(self, folder, *, port=None, password=None, name="redis"):
        folder.mkdir(parents=True, exist_ok=True)
        wants = ["--requirepass", password] if password else []
        # It cannot choose a port itself, and another program may take a free one first.
        for attempt in range(5):
            self.port = port or free_port()
            super().__init__(["redis-server", "--bind", "127.0.0.1", "--port", str(self.port),
                              "--dir", folder, "--save", "", "--appendonly", "no", *wants], name=name)
            try:
                self.line("Ready to accept connections")
                return
            except NotInTime:
                self.stop()
                if attempt == 4:
                    raise

    def count(self, pattern):
        """How many of its keys look like that."""
        listed = subprocess.run(["redis-cli", "-p", str(self.port), "--scan", "--pattern", pattern],
                                check=True, capture_output=True, text=True, timeout=20)
        return len(listed.stdout.split())

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"
