"""A clock for one program alone, that can be set while it runs."""

import glob
import os
import pathlib


class FalseClock:
    """Civil time as a program sees it is `ahead` seconds ahead of the true one; its monotonic time
    is the true one. Give `environment` to the program."""

    def __init__(self, path, ahead=0):
        self.path = pathlib.Path(path)
        self.set(ahead)
        library, = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        self.environment = {
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(self.path),
            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # The sanitizers' library would rather come first.
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}

    def set(self, ahead):
        made = self.path.with_suffix(".new")
        made.write_text(f"{ahead:+d}\n")
        os.replace(made, self.path)
