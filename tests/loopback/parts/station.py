"""Stations: sound files made by ffmpeg, and playlists written by hand or by alluvium-broadcaster."""

import dataclasses
import datetime
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import xml.sax.saxutils

from parts import framing, media, thex
from parts.process import BUILD

TYPES = {"mp3": "audio/mpeg", "ogg": "audio/ogg", "opus": "audio/ogg", "oga": "audio/ogg",
         "aac": "audio/aac", "webm": "video/webm"}
ENCODERS = {"mp3": ["libmp3lame"], "ogg": ["libvorbis"], "opus": ["libopus"], "aac": ["aac"]}


def noise(kind, seconds, seed, *, kilobits=128):
    """A file of noise, so that no two frames are alike. Encoded once in a build folder."""
    cache = BUILD / "loopback-media"
    cache.mkdir(exist_ok=True)
    path = cache / f"noise-{seed}-{seconds}s-{kilobits}k.{kind}"
    if not path.exists():
        handle, made = tempfile.mkstemp(dir=cache, suffix="." + kind)
        os.close(handle)
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-f", "lavfi",
             "-i", f"anoisesrc=d={seconds}:seed={seed}:color=pink:amplitude=0.2:r=44100",
             "-ac", "2", "-c:a", *ENCODERS[kind], "-b:a", f"{kilobits}k",
             "-metadata", f"title=Noise {seed}", "-metadata", "artist=Nobody", made],
            check=True, stdin=subprocess.DEVNULL)
        os.replace(made, path)
    return path


def w3cdtf(seconds):
    """Unix time, with milliseconds, as playlists have it."""
    moment = datetime.datetime.fromtimestamp(round(seconds, 3), datetime.timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def unix_time(text):
    """The other way round."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@dataclasses.dataclass
class Sound:
    """A sound file as a station publishes it."""

    name: str
    data: bytes
    path: pathlib.Path | None = None

    @property
    def kind(self):
        return self.name.rsplit(".", 1)[-1]

    @property
    def frames(self):
        return framing.mp3_frames(self.data)

    @property
    def seconds(self):
        if self.kind == "ogg":
            return framing.ogg_pages(self.data)[-1].granule / 44100
        if self.kind == "mp3":
            return sum(frame.seconds for frame in self.frames)
        return media.duration(self.path)

    @property
    def urn(self):
        return thex.urn(self.data)

    @property
    def chunks(self):
        return len(thex.leaf_row(self.data))


@dataclasses.dataclass
class Item:
    """One entry of a playlist; what is None is not written."""

    link: str
    title: str = "Untitled"
    creator: str | None = None
    start: float | None = None
    seconds: float | None = None
    type: str | None = None
    length: int | None = None
    urn: str | None = None
    event: str | None = None  # "filler" for what plays where nothing is scheduled.


def rss(items, *, title="Station of the tests", gateway=None, date=None, about="station.rss"):
    """RSS 1.0 as the protocol describes it, put together by hand."""
    def element(name, text):
        return "" if text is None else f"<{name}>{xml.sax.saxutils.escape(str(text))}</{name}>"

    def milliseconds(seconds):
        return None if seconds is None else round(seconds * 1000)

    quote = xml.sax.saxutils.quoteattr
    entries = "".join(f'<rdf:li rdf:resource="#item-{i}"/>' for i in range(len(items)))
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/"',
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"',
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"',
        ' xmlns:ev="http://purl.org/rss/1.0/modules/event/"',
        ' xmlns:mm="http://musicbrainz.org/mm/mm-2.0#"',
        ' xmlns:enc="http://purl.oclc.org/net/rss_2.0/enc#">',
        f'<channel rdf:about={quote(about)}>', element("title", title),
        element("link", "http://station.example/"), element("description", "For tests"),
        element("dc:date", None if date is None else w3cdtf(date)),
        f'<items><rdf:Seq>{entries}</rdf:Seq></items>',
        '<textinput rdf:resource="#gateway"/>' if gateway else "", '</channel>']
    for i, item in enumerate(items):
        enclosure = ""
        if item.type or item.length is not None:
            enclosure = f'<enc:enclosure rdf:resource={quote(item.link)}'
            if item.type:
                enclosure += f' enc:type={quote(item.type)}'
            if item.length is not None:
                enclosure += f' enc:length="{item.length}"'
            enclosure += '/>'
        parts += [
            f'<item rdf:about="#item-{i}">', element("title", item.title),
            element("link", item.link), element("dc:creator", item.creator),
            element("ev:type", item.event), element("ev:startdate", None if item.start is None else w3cdtf(item.start)),
            element("mm:duration", milliseconds(item.seconds)), element("dc:format", item.type),
            element("dc:identifier", item.urn), enclosure, '</item>']
    if gateway:
        parts += ['<textinput rdf:about="#gateway">', element("title", "Gateway"),
                  element("description", "Who has it"), element("name", "uri"),
                  element("link", gateway.rstrip("/") + "/gateway/head"), '</textinput>']
    parts.append('</rdf:RDF>')
    return "\n".join(filter(None, parts)) + "\n"


class Station:
    """A folder with sound files and a playlist, which some web server shows at `base`."""

    def __init__(self, folder, base):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.base = base

    def add(self, name, source):
        shutil.copyfile(source, self.folder / name)
        return Sound(name, (self.folder / name).read_bytes(), self.folder / name)

    def item(self, sound, *, start=None, named=False, base=None, **more):
        """The entry for a file; with its tree's name if `named`."""
        return Item(link=(base or self.base) + sound.name, start=start, seconds=sound.seconds,
                    type=TYPES[sound.kind], length=len(sound.data),
                    urn=sound.urn if named else None,
                    **{"title": sound.name, "creator": "Tester", **more})

    def publish(self, items, *, name="station.rss", **more):
        """Writes the playlist; returns its URL."""
        return self.publish_text(rss(items, **more), name=name)

    def publish_text(self, text, *, name="station.rss"):
        made = self.folder / (name + ".new")
        made.write_bytes(text if isinstance(text, bytes) else text.encode())
        os.replace(made, self.folder / name)
        return self.base + name

    def publish_run(self, sounds, *, offset, now=None, named=False, **more):
        """A playlist in which `sounds` follow each other, `offset` seconds into the first now."""
        start = (time.time() if now is None else now) - offset
        items = []
        for sound in sounds:
            items.append(self.item(sound, start=start, named=named))
            start += sound.seconds
        return self.publish(items, **more)

    def publish_loop(self, sounds, *, offset, titles=None, **more):
        """A playlist of `sounds` over and over, `offset` seconds into the first now."""
        items = [self.item(sound, title=title) for sound, title in
                 zip(sounds, titles or [sound.name for sound in sounds])]
        return self.publish(items, date=time.time() - offset, **more)
