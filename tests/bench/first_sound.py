#!/usr/bin/env python3
"""How long it takes from the start of `alluvium` to the first byte of sound at a player: with an
empty cache and with one that holds the item, alone and with a neighbour who has it."""

import shutil
import statistics
import time

from common import Recording, machine, noise, workshop

RUNS = 5


def seconds_to_sound(shop, playlist, gateway, cache):
    began = time.monotonic()
    listener = shop.listener(playlist, gateway=gateway, cache=cache)
    # The player asks as soon as there is an address to ask.
    recording = Recording(listener.stream_url)
    recording.await_bytes(1)
    taken = time.monotonic() - began
    recording.stop()
    listener.await_whole_item()
    listener.stop()
    return taken


def show(name, taken):
    print(f"first sound, {name:<26} median {statistics.median(taken) * 1000:6.0f} ms   "
          f"worst {max(taken) * 1000:6.0f} ms   of {len(taken)}", flush=True)


def main():
    print(machine())
    with workshop() as shop:
        origin = shop.origin()
        sound = origin.station.add("song.mp3", noise("mp3", 240, 41))
        playlist = origin.station.publish([origin.station.item(sound)])
        gateway = shop.gateway(playlist).url
        cache = shop.fresh("cache")

        def cold():
            shutil.rmtree(cache, ignore_errors=True)
            return seconds_to_sound(shop, playlist, gateway, cache)

        show("cold, alone", [cold() for _ in range(RUNS)])
        show("warm, alone", [seconds_to_sound(shop, playlist, gateway, cache)
                             for _ in range(RUNS)])
        shop.listener(playlist, gateway=gateway).await_whole_item()
        show("cold, beside one who has it", [cold() for _ in range(RUNS)])


if __name__ == "__main__":
    main()
