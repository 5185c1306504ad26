#!/usr/bin/env python3
"""How many copies of a file leave the origin and the gateway when listeners join all at once, each
at an address of its own."""

import argparse
import statistics

from common import Recording, eventually, machine, noise, workshop


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=20)
    parser.add_argument("--share", default="unlimited", help="what each may send, as --share has it")
    given = parser.parse_args()
    print(machine())
    with workshop() as shop:
        origin = shop.origin()
        sound = origin.station.add("song.mp3", noise("mp3", 240, 41))
        playlist = origin.station.publish([origin.station.item(sound)])
        gateway = shop.gateway(playlist)
        gateway.facts(origin.url("song.mp3"))
        hashed = origin.body_bytes("song.mp3")
        listeners = [
            shop.listener(playlist, gateway=gateway.url, share=given.share,
                          peer_listen=f"127.0.{1 + n // 200}.{1 + n % 200}:0", name=f"listener-{n}")
            for n in range(given.listeners)]
        recordings = []
        for listener in listeners:
            recordings.append((listener, Recording(listener.stream_url)))
        sounded = []
        for listener, recording in recordings:
            recording.await_bytes(1)
            sounded.append(recording.arrived(0) - recording.asked)
        for listener in listeners:
            listener.await_whole_item(timeout=300)
        eventually(lambda: origin.body_bytes("song.mp3") > hashed)
        sent = origin.body_bytes("song.mp3") - hashed
        got = [listener.status()["bytes"] for listener in listeners]
        size = len(sound.data)
        print(f"{given.listeners} listeners joining at once, a file of {size} bytes, "
              f"--share {given.share}")
        print(f"origin copies            {sent / size:6.3f}  (and {hashed / size:.3f} for the "
              "gateway's hashing)")
        print(f"copies had from peers    {sum(b['peers'] for b in got) / size:6.3f}")
        print(f"gateway bytes a listener {statistics.mean(b['gateway'] for b in got):6.0f}")
        print(f"operator egress          {(sent + sum(b['gateway'] for b in got)) / size:6.3f} copies")
        print(f"player's first sound     median {statistics.median(sounded) * 1000:.0f} ms, "
              f"worst {max(sounded) * 1000:.0f} ms after it asked")
        for _, recording in recordings:
            recording.stop()


if __name__ == "__main__":
    main()
