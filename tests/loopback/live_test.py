#!/usr/bin/env python3
"""Live shows: sources of several kinds send them, listeners hear them instead of the schedule."""

import base64
import socket
import subprocess
import time
import unittest

from harness import (LoopbackTest, Program, eventually, is_silence, mp3_frames, noise,
                     ogg_packets, rss, speak)
from parts.studio import PASSWORD, Ffmpeg, LiveStation, has_tool

# A source that is lost must not be missed for longer.
BACK_ON_SCHEDULE = 12


class Live(LoopbackTest):
    def on_air(self, *, schedule=True, options=()):
        """An origin with a station that takes shows; `.schedule` is what is heard else."""
        origin = self.origin()
        options = list(options)
        if schedule:
            origin.schedule = origin.station.add("schedule.mp3", noise("mp3", 60, 31))
            listing = self.folder / "schedule.rss"
            listing.write_text(rss([origin.station.item(origin.schedule, named=True)],
                                   date=time.time()))
            options += ["--schedule", listing]
        live = self.started(LiveStation(origin.root / "radio.rss", origin.base,
                                        self.folder / "password", options=options))
        origin.playlist = origin.base + "radio.rss"
        return origin, live

    def source(self, live, path, **more):
        return self.started(Ffmpeg(live, path, **more))

    def parts(self, origin, kind):
        """The contents of the parts that were published, in their order."""
        files = [path for path in (origin.root / "live").iterdir() if path.suffix == "." + kind]
        files.sort(key=lambda path: int(path.stem.rsplit("-", 1)[1]))
        return [path.read_bytes() for path in files]


class OnAir(Live):
    def test_takeover_and_return(self):
        """a show is heard from its first frame on, whoever else goes; when its source is killed the
        schedule is back in time, and between them nothing is missing"""
        # Players have been sent the schedule some seconds ahead: so long before the show begins all
        # have to know of it.
        origin, live = self.on_air(options=["--lead", "7", "--poll", "1"])
        gateway = self.gateway(origin.playlist)
        gateway.facts(origin.url("schedule.mp3"))
        listeners = [self.listener(origin.playlist, gateway=gateway.url).serving()
                     for _ in range(2)]
        recordings = [self.record(listener.stream_url) for listener in listeners]
        for recording in recordings:
            recording.await_first()

        show = origin.station.add("show.mp3", noise("mp3", 40, 32))
        source = self.source(live, show.path)
        recordings[1].await_sound(show.frames[60].data)
        listeners[1].kill()
        recordings[0].await_sound(show.frames[150].data)
        source.kill()
        lost = time.time()
        live.line("^the show is over", stream="stderr")

        def returned():
            heard = mp3_frames(recordings[0].body, cut_end=True)
            is_scheduled = [frame.data in scheduled for frame in heard]
            after_show = len(is_scheduled) - is_scheduled[::-1].index(False)
            return heard if len(is_scheduled) - after_show > 60 else None

        scheduled = {frame.data for frame in origin.schedule.frames}
        heard = eventually(returned, what="the schedule is heard again")
        first = next(i for i, frame in enumerate(heard) if frame.data == show.frames[0].data)
        count = 0
        while heard[first + count].data == show.frames[count].data:
            count += 1
        self.assertGreater(count, 150)
        self.assert_continues(heard[:first], origin.schedule.frames)
        after = heard[first + count:]
        self.assertFalse(any(is_silence(frame.data) for frame in after), "there was a hole")
        # The loop may begin anew.
        self.assert_continues(after[:60], origin.schedule.frames * 2)
        self.assertLess(recordings[0].arrived(after[0].offset) - lost, BACK_ON_SCHEDULE)
        status = listeners[0].status()
        self.assertEqual(status["chunks"]["rejected"], 0)
        self.assertEqual(status["bytes"]["unverified"], 0)
        # The gateway reads no part.
        self.assertEqual([request for request in origin.requests()
                          if request.path.startswith("/live/") and request.method == "GET"
                          and request.path.endswith(".mp3") and request.range == "-"], [])

    def test_silent_source(self):
        """a source that says nothing any more is given up, and another one can take its place"""
        origin, live = self.on_air()
        source = self.source(live, noise("mp3", 40, 32))
        eventually(lambda: "ev:type>live" in (origin.root / "radio.rss").read_text())
        source.fall_silent()
        live.line("^the show is over", stream="stderr")
        source.go_on()
        source.kill()
        self.source(live, noise("mp3", 7, 33), paced=False).wait()
        eventually(lambda: sum("the show is over" in line for line in live.stderr) == 2)

    def test_ended_program(self):
        """when the program is ended the schedule is back, and what was to be heard still is"""
        origin, live = self.on_air()
        source = self.source(live, noise("mp3", 40, 32))
        text = eventually(lambda: next((text for text in [(origin.root / "radio.rss").read_text()]
                                        if "ev:type>live" in text), None))
        self.assertIn("<sy:updateFrequency>3600<", text)
        self.assertEqual(live.stop(), 0)
        source.wait()
        text = (origin.root / "radio.rss").read_text()
        self.assertIn("ev:type>live", text)
        self.assertIn("schedule.mp3", text)
        self.assertTrue(self.parts(origin, "mp3"))


class Sources(Live):
    def test_put(self):
        """of a show that comes by PUT no byte is lost or added"""
        sound = noise("mp3", 7, 33)
        origin, live = self.on_air(schedule=False)
        self.source(live, sound, paced=False).wait()
        live.line("^the show is over", stream="stderr")
        self.assertEqual([frame.data for frame in mp3_frames(b"".join(self.parts(origin, "mp3")))],
                         [frame.data for frame in mp3_frames(sound.read_bytes())])
        self.assertIn("<title>Evening Show</title>", (origin.root / "radio.rss").read_text())

    def test_source(self):
        """SOURCE brings a show as well, as far as the source lets it"""
        sound = noise("mp3", 7, 33)
        origin, live = self.on_air(schedule=False)
        # It hangs up without having read the answer, so that TCP throws away what is on its way.
        self.source(live, sound, legacy=True).wait()
        live.line("^the show is over", stream="stderr")
        heard = [frame.data for frame in mp3_frames(b"".join(self.parts(origin, "mp3")))]
        sent = [frame.data for frame in mp3_frames(sound.read_bytes())]
        self.assertEqual(heard, sent[:len(heard)])
        self.assertGreater(len(heard), 100)

    def test_ogg(self):
        """of Ogg each part is a file that plays by itself"""
        sound = noise("ogg", 7, 33)
        origin, live = self.on_air(schedule=False)
        self.source(live, sound, paced=False).wait()
        live.line("^the show is over", stream="stderr")
        packets = []
        for part in self.parts(origin, "ogg"):
            of_part = ogg_packets(part)
            self.assertTrue(of_part[0].data.startswith(b"\x01vorbis"))
            packets += of_part[3:]
        self.assertEqual([packet.data for packet in packets],
                         [packet.data for packet in ogg_packets(sound.read_bytes())[3:]])

    def test_password(self):
        """a wrong password brings nothing but an answer"""
        origin, live = self.on_air(schedule=False)
        credentials = base64.b64encode(b"source:wrong wrong").decode()
        answer = speak(live.source_address,
                       f"SOURCE /live HTTP/1.0\r\nAuthorization: Basic {credentials}\r\n\r\n"
                       .encode() + bytes(100_000))
        self.assertEqual(answer.split(b" ")[1], b"401")
        self.assertFalse(any("has begun" in line for line in live.stderr))
        self.assertEqual(list((origin.root / "live").iterdir()), [])

    def test_idle_crowd(self):
        """who takes all places and says nothing keeps no source away, and is hung up on"""
        origin, live = self.on_air(schedule=False)
        crowd = []
        for _ in range(20):
            crowd.append(socket.create_connection(live.source_address, timeout=60))
            self.addCleanup(crowd[-1].close)
            crowd[-1].sendall(b"SOURCE /live HT")
        self.source(live, noise("mp3", 7, 33), paced=False).wait()
        live.line("^the show is over", stream="stderr")
        for connection in crowd:
            try:
                self.assertEqual(connection.recv(100), b"")
            except ConnectionResetError:
                pass

    @unittest.skipUnless(has_tool("ezstream"), "ezstream is not installed")
    def test_ezstream(self):
        """ezstream, and with it libshout, is understood"""
        sound = noise("mp3", 7, 33)
        origin, live = self.on_air(schedule=False)
        host, port = live.source_address
        settings = self.folder / "ezstream.xml"
        settings.write_text(f"""<ezstream><servers><server><hostname>{host}</hostname>
            <port>{port}</port><user>source</user><password>{PASSWORD}</password></server></servers>
            <streams><stream><mountpoint>/live</mountpoint><format>MP3</format>
            <stream_name>Evening Show</stream_name></stream></streams>
            <intakes><intake><type>file</type><filename>{sound}</filename><stream_once>1</stream_once>
            </intake></intakes></ezstream>""")
        settings.chmod(0o600)
        subprocess.run(["ezstream", "-c", settings], check=True, timeout=60,
                       stdin=subprocess.DEVNULL, capture_output=True)
        live.line("^the show is over", stream="stderr")
        self.assertEqual(
            [frame.data for frame in mp3_frames(b"".join(self.parts(origin, "mp3")))],
            [frame.data for frame in mp3_frames(sound.read_bytes())])

    @unittest.skipUnless(has_tool("liquidsoap"), "liquidsoap is not installed")
    def test_liquidsoap(self):
        """liquidsoap is understood, with its titles"""
        origin, live = self.on_air(schedule=False)
        host, port = live.source_address
        script = ('settings.init.allow_root.set(true) '
                  f'output.icecast(%mp3(bitrate=128), host="{host}", port={port}, mount="/live", '
                  f'password="{PASSWORD}", name="Evening Show", fallible=true, '
                  f'on_stop=shutdown, once(single("{noise("mp3", 7, 33)}")))')
        self.started(Program(["liquidsoap", script])).wait()
        live.line("^the show is over", stream="stderr")
        self.assertGreater(
            sum(frame.seconds for frame in mp3_frames(b"".join(self.parts(origin, "mp3")))), 5)
        self.assertIn("<title>Noise 33</title>", (origin.root / "radio.rss").read_text())


if __name__ == "__main__":
    unittest.main()
