"""A crowd of libtorrent sessions in one process: what `flash_crowd.py` runs beside `alluvium`, with
Debian's Python, for which python3-libtorrent is made.

Reads a JSON object {mode, listeners, file, folder, web_seed, up_bytes_a_second} from standard
input, writes one with figures to standard output. Each session has an address of its own and is
told of all others and of the seed at once, when its torrent is added. Over the Internet no peer
would be a local one, so none has a local peer's privileges (always unchoked, rate not limited);
all of them speak TCP, and use neither DHT nor broadcasts."""

import json
import pathlib
import sys
import time

import libtorrent as lt

PORT = 6881
PIECE = 16384  # Alluvium's chunk, and as small as pieces can be.
PATIENCE = 120


def session(address, up_bytes_a_second):
    made = lt.session({
        "listen_interfaces": f"{address}:{PORT}", "outgoing_interfaces": address,
        "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
        "enable_incoming_utp": False, "enable_outgoing_utp": False,
        "upload_rate_limit": up_bytes_a_second, "aio_threads": 1,
        "alert_mask": lt.alert.category_t.piece_progress_notification |
        lt.alert.category_t.status_notification})
    everybody = lt.ip_filter()
    everybody.add_rule("0.0.0.0", "255.255.255.255", 1 << lt.session.global_peer_class_id)
    made.set_peer_class_filter(everybody)
    return made


def torrent(file, web_seed):
    files = lt.file_storage()
    files.add_file(file.name, file.stat().st_size)
    made = lt.create_torrent(files, piece_size=PIECE, flags=lt.create_torrent.v1_only)
    lt.set_piece_hashes(made, str(file.parent))
    if web_seed:
        made.add_url_seed(web_seed)
    return made.generate()


class Leech:
    """One that joins."""

    def __init__(self, made, folder):
        self.session = made
        self.folder = folder
        self.handle = self.added = self.first_piece = self.finished = None

    def join(self, description, peers, mode):
        parameters = lt.add_torrent_params()
        parameters.ti = lt.torrent_info(description)
        parameters.save_path = str(self.folder)
        parameters.peers = peers
        parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
        if mode == "sequential":
            parameters.flags |= lt.torrent_flags.sequential_download
        self.added = time.monotonic()
        self.handle = self.session.add_torrent(parameters)
        if mode == "deadlines":
            # As a player would have them, at 128 kbit/s.
            for piece in range(parameters.ti.num_pieces()):
                self.handle.set_piece_deadline(piece, 1000 * piece * PIECE // 16000)

    def look(self):
        for alert in self.session.pop_alerts():
            if isinstance(alert, lt.piece_finished_alert) and self.first_piece is None:
                self.first_piece = time.monotonic()
            elif isinstance(alert, lt.torrent_finished_alert) and self.finished is None:
                self.finished = time.monotonic()


def main():
    given = json.load(sys.stdin)
    mode, count = given["mode"], given["listeners"]
    file = pathlib.Path(given["file"])
    size = file.stat().st_size
    folder = pathlib.Path(given["folder"])
    description = torrent(file, given["web_seed"])
    addresses = [f"127.2.{1 + n // 200}.{1 + n % 200}" for n in range(count)]
    leeches = []
    for address in addresses:
        (folder / address).mkdir(parents=True)
        leeches.append(Leech(session(address, given["up_bytes_a_second"]), folder / address))
    everybody = [(address, PORT) for address in addresses]
    seed = None
    if not given["web_seed"]:
        seeding = session("127.2.0.1", 0)
        parameters = lt.add_torrent_params()
        parameters.ti = lt.torrent_info(description)
        parameters.save_path = str(file.parent)
        parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
        parameters.flags |= lt.torrent_flags.seed_mode
        if mode == "super-seeding":
            parameters.flags |= lt.torrent_flags.super_seeding
        seed = seeding.add_torrent(parameters)
        everybody.append(("127.2.0.1", PORT))
    began = time.monotonic()
    for address, leech in zip(addresses, leeches):
        leech.join(description, [peer for peer in everybody if peer[0] != address], mode)
    joined = time.monotonic()
    while time.monotonic() - began < PATIENCE and any(one.finished is None for one in leeches):
        for leech in leeches:
            leech.look()
        # There is no waiting for news of all of them, and one has some all the time.
        leeches[0].session.wait_for_alert(2)
    statuses = [leech.handle.status() for leech in leeches]
    finished = [one.finished for one in leeches if one.finished is not None]
    received = sum(status.total_payload_download for status in statuses)
    held = sum(status.total_wanted_done for status in statuses)
    print(json.dumps({
        "version": lt.__version__,
        "seed_copies": seed.status().total_payload_upload / size if seed else None,
        "first_piece_ms": [1000 * (one.first_piece - one.added) for one in leeches
                           if one.first_piece is not None],
        "all_complete_s": max(finished) - began if len(finished) == count else None,
        "incomplete": count - len(finished),
        "beyond_received_percent": 100 * (received - held) / held if held else None,
        "started_within_ms": 1000 * (joined - began)}))
    sys.stdout.flush()
    # Sessions take seconds to take leave of trackers they do not have.
    for leech in leeches:
        leech.session.pause()


if __name__ == "__main__":
    main()
