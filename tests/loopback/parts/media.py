"""Sound and picture files of many kinds, made by ffmpeg."""

import os
import subprocess
import tempfile

from parts.process import BUILD

# A tone that rises with time, so that a moment of what is heard tells where in the file it is.
FIRST_HERTZ = 400
HERTZ_A_SECOND = 40


def noise_source(seconds, seed, *, rate=44100):
    """Nothing in it repeats."""
    return f"anoisesrc=d={seconds}:seed={seed}:color=pink:amplitude=0.2:r={rate}"


def tone_source(seconds, *, rate=44100):
    return (f"aevalsrc='0.4*sin(2*PI*({FIRST_HERTZ}*t+{HERTZ_A_SECOND / 2}*t*t))'"
            f":d={seconds}:s={rate}")


def made(name, source, *options):
    """The path of a file that ffmpeg makes, once in a build folder: `name` says all there is to say
    of how."""
    cache = BUILD / "loopback-media"
    cache.mkdir(exist_ok=True)
    path = cache / name
    if not path.exists():
        handle, fresh = tempfile.mkstemp(dir=cache, suffix=path.suffix)
        os.close(handle)
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source,
                        *map(str, options), fresh], check=True, stdin=subprocess.DEVNULL)
        os.replace(fresh, path)
    return path


def duration(path):
    """Seconds of sound in a file, of picture if it has no sound, as ffprobe adds its packets up."""
    for stream in ("a:0", "v:0"):
        said = subprocess.run(
            ["ffprobe", "-v", "error", "-select_streams", stream, "-show_entries",
             "packet=pts_time,duration_time", "-of", "csv=p=0", str(path)],
            check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout
        rows = [[float(word) for word in line.strip(",").split(",")] for line in said.split()
                if "N/A" not in line]
        if rows:
            return sum(row[-1] for row in rows)
    raise AssertionError(f"ffprobe finds nothing in {path}")


def tone_position(samples, rate):
    """The second of the file that the middle of `samples`, floats of one channel, comes from."""
    crossings = [i - 1 + samples[i - 1] / (samples[i - 1] - samples[i])
                 for i in range(1, len(samples)) if samples[i - 1] < 0 <= samples[i]]
    hertz = (len(crossings) - 1) * rate / (crossings[-1] - crossings[0])
    return (hertz - FIRST_HERTZ) / HERTZ_A_SECOND
