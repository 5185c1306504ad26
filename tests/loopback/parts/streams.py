"""Media files made by ffmpeg, streams made of them by `media-stream`, and what decoders hear."""

import array
import pathlib
import subprocess
import tempfile

from parts.process import BUILD


def run(*command, data=None):
    """What a program writes. It must succeed; what it complains of is in the exception."""
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False,
                          **({"input": data} if data else {"stdin": subprocess.DEVNULL}))
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stderr.decode(errors='replace')}")
    return done.stdout, done.stderr.decode(errors="replace")


def stream(*segments, bare=False, duration=0):
    """The bytes a player gets of these segments, and when each file's first piece is, in seconds
    of the file. `duration` is that of a file that does not tell its own."""
    written, said = run(BUILD / "tests/loopback/media-stream", *(["--bare"] if bare else []),
                        "--duration", duration, *segments)
    return written, [float(line) / 1000 for line in said.splitlines()]


def heard(data, *, rate=44100, channels=2, seconds=None, format_name=None):
    """The samples that ffmpeg decodes from a stream, and what it complains of. Time stamps count for
    nothing: those of a chain begin anew with each link."""
    limit = [] if seconds is None else ["-t", seconds]
    samples, said = run("ffmpeg", "-v", "error", *(["-f", format_name] if format_name else []),
                        "-i", "pipe:0", "-vn", "-af", "asetpts=N/SR/TB", "-f", "s16le", "-ac",
                        channels, "-ar", rate, *limit, "pipe:1", data=data)
    # Where the rate changes, ffmpeg's own counting of what it writes begins anew.
    said = "".join(line for line in said.splitlines(keepends=True)
                   if "non monotonically increasing dts to muxer" not in line)
    return array.array("h", samples), said


def loudness(samples):
    """Root mean square."""
    return (sum(sample * sample for sample in samples) / max(1, len(samples))) ** 0.5


class Files:
    """A folder of files, each made when it is first asked for."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="alluvium-media-")
        self.path = pathlib.Path(self._folder.name)

    def close(self):
        self._folder.cleanup()

    def make(self, name, *options, source):
        """`source` is lavfi's word for what is to be heard; several with a list."""
        file = self.path / name
        if not file.exists():
            sources = [source] if isinstance(source, str) else source
            inputs = [part for one in sources for part in ("-f", "lavfi", "-i", one)]
            made = file.with_name("new-" + name)
            run("ffmpeg", "-v", "error", "-y", *inputs, *options, made)
            made.rename(file)
        return file
