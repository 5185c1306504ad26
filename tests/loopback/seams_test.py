#!/usr/bin/env python3
"""Players that others wrote, over the seams between items."""

import re
import unittest

from harness import LoopbackTest, eventually, mp3_frames, noise, ogg_pages
from parts import media, players

SECONDS = 6


class OneFormat(LoopbackTest):
    """Four items of six seconds, over and over; four of them are heard by every player."""

    def stays_through_seams(self, kind):
        station = self.origin().station
        sounds = [station.add(f"{i}.{kind}", noise(kind, SECONDS, 40 + i)) for i in range(4)]
        playlist = station.publish_loop(sounds, offset=SECONDS - 3)
        url = self.listener(playlist).serving().stream_url
        relay = self.record(self.icecast(url).relaying().url) if kind != "opus" else None
        # ffmpeg dates the end of a link of Vorbis a little behind the beginning of the next one, in
        # any chain; it is what is decoded that counts.
        renumbered = ["-af", "asetpts=N/SR/TB"] if kind == "ogg" else []
        ffmpeg = self.started(players.ffmpeg(url, 3 * SECONDS + 2, options=renumbered))
        mpv = self.started(players.mpv(url))
        vlc = self.started(players.vlc(url, self.fresh("home")))
        mpg123 = self.started(players.mpg123(url)) if kind == "mp3" else None

        self.assertEqual(ffmpeg.wait(60), 0)
        self.assertEqual(ffmpeg.stderr, [])

        def place(line):
            found = re.search(r"at (\d+)\.\d+ \|", line)
            return int(found[1]) if found else 0

        eventually(lambda: any(place(line) >= 3 * SECONDS for line in mpv.stderr), 90,
                   "mpv comes to the fourth item")
        self.assertEqual(players.complaints_of_mpv(mpv), [])

        if mpg123:
            for name in ("0", "1", "2", "3"):
                mpg123.line(f"ICY-META: StreamTitle='Tester - {name}.mp3';", stream="stderr")
            self.assertNotIn("rror", "\n".join(mpg123.stderr))
            vlc.line("New Icy-Title=Tester - 3.mp3", stream="stderr")
        else:
            eventually(lambda: sum("beginning of a group of logical" in line
                                   for line in vlc.stderr) >= 4, 60, "VLC comes to the fourth link")
        connections = sum("GET /stream" in line for line in vlc.stderr)
        self.assertLessEqual(connections, 2)  # The second one is VLC's for stations with titles.
        self.assertEqual([line for line in vlc.stderr if re.search("decoder error|corrupt", line)],
                         [])
        for player in filter(None, (mpv, vlc, mpg123)):
            self.assertTrue(player.running, f"{player.name} has left")
        return relay, sounds

    def test_mp3(self):
        """mpg123, ffmpeg, mpv, VLC and an icecast2 relay stay through the seams of an MP3 station"""
        relay, sounds = self.stays_through_seams("mp3")
        whole = [frame.data for sound in sounds[1:] for frame in sound.frames]
        # Whenever the relay began: the list comes round again.
        begin = relay.await_sound(whole[0]).index(whole[0])
        body = relay.await_bytes(begin + sum(map(len, whole)))
        # Not a byte of anything else between two items.
        heard = [frame.data for frame in mp3_frames(body[begin:], cut_end=True)]
        self.assertEqual(heard[:len(whole)], whole)

    def test_vorbis(self):
        """ffmpeg, mpv, VLC and an icecast2 relay stay through the seams of an Ogg Vorbis station"""
        relay, sounds = self.stays_through_seams("ogg")
        page = ogg_pages(sounds[3].data)[3].data
        relay.await_sound(page[27 + page[26]:][:100])
        eventually(lambda: sum(page.begins_stream
                               for page in ogg_pages(relay.body, cut_end=True)) >= 4,
                   what="the relay comes to the fourth link")

    def test_opus(self):
        """ffmpeg, mpv and VLC stay through the seams of an Opus station"""
        self.stays_through_seams("opus")


if __name__ == "__main__":
    unittest.main()
