"""MP3 frames and Ogg pages, cut by rules written down here once more, so that what the programs do
is judged by something else than themselves."""

import dataclasses
import struct

_BITRATES = {  # kbit/s of layer III, by (MPEG version is 1), index 1-14
    True: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    False: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
}
_RATES = {3: [44100, 48000, 32000], 2: [22050, 24000, 16000], 0: [11025, 12000, 8000]}


class NotMedia(AssertionError):
    """Bytes where a frame or page should begin are not one."""


@dataclasses.dataclass(frozen=True)
class Frame:
    data: bytes
    offset: int
    seconds: float


def _mp3_frame_size(data, at):
    """(bytes, seconds) of the layer III frame at `at`, or nothing."""
    if len(data) - at < 4 or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return None
    version = data[at + 1] >> 3 & 3
    layer = data[at + 1] >> 1 & 3
    bitrate = data[at + 2] >> 4
    rate = data[at + 2] >> 2 & 3
    if version == 1 or layer != 1 or bitrate in (0, 15) or rate == 3:
        return None
    padding = data[at + 2] >> 1 & 1
    hertz = _RATES[version][rate]
    samples = 1152 if version == 3 else 576
    kilobits = _BITRATES[version == 3][bitrate - 1]
    return samples // 8 * kilobits * 1000 // hertz + padding, samples / hertz


def is_info_frame(frame):
    """Whether it is the frame that only describes the file (Xing, Info, VBRI): not sound."""
    return b"Xing" in frame[:48] or b"Info" in frame[:48] or b"VBRI" in frame[:48]


def main_data(frame):
    """What is behind the side information of a stereo MPEG-1 layer III frame without checksum."""
    return frame[36:]


def is_muted(frame):
    """Whether the frame is silent because the bits it counts on were never sent; its own main data
    are in place for the frames behind it."""
    return not any(frame[4:36])


def is_silence(frame):
    """Whether it is a frame that fills a gap: nothing but a header."""
    return not any(frame[4:])


def mp3_frames(data, *, cut_end=False):
    """The sound of an MP3 file or stream, frame by frame. Tags at either end and the info frame are
    left out; anything else that is no frame is an error. `cut_end` allows for a last part of a
    frame, as a recording has."""
    at = 0
    frames = []
    if data[:3] == b"ID3":
        size = data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9]
        at = 10 + size
    while at < len(data):
        if data[at:at + 3] == b"TAG" and len(data) - at == 128:
            break
        size = _mp3_frame_size(data, at)
        if size is None:
            if cut_end and len(data) - at < 4:
                break
            raise NotMedia(f"no MP3 frame at byte {at} of {len(data)}: {data[at:at + 16].hex()}")
        length, seconds = size
        if at + length > len(data):
            if cut_end:
                break
            raise NotMedia(f"the MP3 frame at byte {at} of {len(data)} is cut")
        frame = data[at:at + length]
        if frames or not is_info_frame(frame):
            frames.append(Frame(frame, at, seconds))
        at += length
    return frames


@dataclasses.dataclass(frozen=True)
class Page:
    data: bytes
    offset: int
    granule: int
    serial: int
    sequence: int
    flags: int

    @property
    def begins_stream(self):
        return bool(self.flags & 2)

    @property
    def ends_stream(self):
        return bool(self.flags & 4)

    @property
    def is_header(self):
        """For Vorbis and Opus alike: pages on which nothing has been played yet."""
        return self.granule == 0


def _ogg_crc_table():
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
        table.append(value)
    return table


_CRC = _ogg_crc_table()


def ogg_crc(page):
    """The checksum of RFC 3533, over the page with its own field as zero."""
    value = 0
    for byte in page[:22] + b"\0\0\0\0" + page[26:]:
        value = (value << 8 & 0xFFFFFFFF) ^ _CRC[value >> 24 ^ byte]
    return value


def ogg_pages(data, *, cut_end=False):
    """The pages of an Ogg file or stream, which must follow each other without anything between."""
    at = 0
    pages = []
    while at < len(data):
        head = data[at:at + 27]
        if len(head) == 27 and head[:4] != b"OggS":
            raise NotMedia(f"no Ogg page at byte {at} of {len(data)}: {head[:16].hex()}")
        lacing = data[at + 27:at + 27 + head[26]] if len(head) == 27 else b""
        end = at + 27 + len(lacing) + sum(lacing)
        if len(head) < 27 or len(lacing) < head[26] or end > len(data):
            if cut_end:
                break
            raise NotMedia(f"the Ogg page at byte {at} of {len(data)} is cut")
        page = data[at:end]
        granule, serial, sequence, crc = struct.unpack_from("<qIII", page, 6)
        if ogg_crc(page) != crc:
            raise NotMedia(f"the Ogg page at byte {at} has a false checksum")
        pages.append(Page(page, at, granule, serial, sequence, page[5]))
        at = end
    return pages


@dataclasses.dataclass(frozen=True)
class Packet:
    data: bytes
    serial: int

    @property
    def is_vorbis_header(self):
        return self.data[1:7] == b"vorbis"


def ogg_packets(data, *, cut_end=False):
    """The packets of an Ogg file or stream in the order of their ends, however they lie on pages."""
    packets = []
    open_ones = {}
    for page in ogg_pages(data, cut_end=cut_end):
        lacing = page.data[27:27 + page.data[26]]
        at = 27 + len(lacing)
        rest = open_ones.pop(page.serial, b"") if page.flags & 1 else b""
        for length in lacing:
            rest += page.data[at:at + length]
            at += length
            if length < 255:
                packets.append(Packet(rest, page.serial))
                rest = b""
        if lacing and lacing[-1] == 255:
            open_ones[page.serial] = rest
    return packets


def icy_split(data, interval):
    """(sound, [(position in the sound, title block)]) of a stream that carries titles."""
    sound = bytearray()
    blocks = []
    at = 0
    while len(data) - at > interval:
        sound += data[at:at + interval]
        at += interval
        length = data[at] * 16
        if len(data) - at - 1 < length:
            return bytes(sound), blocks
        if length:
            blocks.append((len(sound), data[at + 1:at + 1 + length]))
        at += 1 + length
    sound += data[at:at + interval]
    return bytes(sound), blocks
