#!/usr/bin/env python3
"""Checks that the source tree keeps to its layers.

The order of the `subdir()` lines in core/meson.build is the order of the layers: a folder includes
only folders above it, and itself. The programs include core and themselves, never each other. Each
third-party library has one home.
"""

import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = ("player-bridge", "gateway")
LONGEST_FILE = 400

# Which folders may include what, by the beginning of the header's name.
HOMES = {
    "uv.h": ["core/uv"],
    "uv/": ["core/uv"],
    "curl/": ["core/curl"],
    "openssl/": ["core/hash", "core/tls"],
    "pugixml": ["core/playlist", "gateway/broadcaster/lists"],
    "intel-ipsec-mb": ["core/hash"],
    "llhttp": ["core/http"],
    "uriparser/": ["core/http"],
    "ogg/": ["core/media"],
    "mpg123": ["core/media"],
    "libav": ["gateway/broadcaster"],
    "date/": ["gateway/broadcaster/zone"],
    "sqlite3": ["gateway"],
    "toml++/": ["gateway"],
    "hiredis": ["gateway/redis"],
    "miniupnpc/": ["core/router"],
    "natpmp": ["core/router"],
}

TOP_LEVEL = {
    "meson.build", "meson_options.txt", "core", "player-bridge", "gateway", "tests", "examples",
    "README.md", "LICENSE", ".ci", ".clang-format", ".clang-tidy", ".gitignore",
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def tracked():
    """Every file that belongs to the project, relative to its root."""
    listed = subprocess.run(["git", "-c", "safe.directory=*", "ls-files",
                             "--cached", "--others", "--exclude-standard"],
                            cwd=ROOT, check=True, capture_output=True, text=True)
    return [path for path in listed.stdout.splitlines() if (ROOT / path).is_file()]


def sources():
    return [path for path in tracked() if path.endswith((".cpp", ".hpp", ".h", ".c"))]


def includes(path):
    """(whether it is written with quotes, what is included) for each include of a file."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return [(mark == '"', name) for mark, name in INCLUDE.findall(text)]


def layers():
    text = (ROOT / "core/meson.build").read_text(encoding="utf-8")
    return re.findall(r"^subdir\('([^']+)'\)", text, re.MULTILINE)


def layer_breaches(path, names, order):
    """What a file may not include by the rule of the layers."""
    parts = path.split("/")
    breaches = []
    for name in names:
        target = name.split("/")
        if target[0] in PROGRAMS and target[0] != parts[0]:
            breaches.append(f"{path} includes {name}, which belongs to another program")
        elif parts[0] == "core" and target[0] == "core" and len(parts) > 2:
            if target[1] not in order:
                breaches.append(f"{path} includes {name}, which is in no layer")
            elif order.index(target[1]) > order.index(parts[1]):
                breaches.append(f"{path} includes {name}, which is a layer above its own")
    return breaches


def foreign_breaches(path, names):
    """Third-party headers that a file may not include."""
    folder = path.rsplit("/", 1)[0]
    return [f"{path} includes <{name}>, which only {' and '.join(homes)} may"
            for name in names for prefix, homes in HOMES.items()
            if name.startswith(prefix)
            and not any(folder == home or folder.startswith(home + "/") for home in homes)]


class Layering(unittest.TestCase):
    def assert_none(self, breaches):
        self.assertFalse(breaches, "\n" + "\n".join(breaches))

    def test_layers(self):
        """a folder of core includes only folders above it, and no program includes another"""
        order = layers()
        self.assertGreater(len(order), 5)
        product = [path for path in sources() if path.split("/")[0] in ("core", *PROGRAMS)]
        self.assert_none([breach for path in product
                          for breach in layer_breaches(path, [n for _, n in includes(path)], order)])

    def test_from_the_root(self):
        """includes of the project's own files are written from the root"""
        self.assert_none([f"{path} includes \"{name}\"" for path in sources()
                          for quoted, name in includes(path)
                          if quoted and not (ROOT / name).is_file()])

    def test_foreign_headers(self):
        """third-party headers stay in their folder"""
        product = [path for path in sources() if path.split("/")[0] in ("core", *PROGRAMS)]
        self.assert_none([breach for path in product
                          for breach in foreign_breaches(path, [n for _, n in includes(path)])])

    def test_length(self):
        """no file is longer than 400 lines"""
        text = (".cpp", ".hpp", ".h", ".c", ".py", ".sh", ".lua", ".build")
        lengths = {path: len((ROOT / path).read_bytes().splitlines())
                   for path in tracked() if path.endswith(text)}
        self.assert_none([f"{path} has {n} lines" for path, n in lengths.items() if n > LONGEST_FILE])

    def test_top_level(self):
        """only the fixed names stand at the top level"""
        names = {path.split("/")[0] for path in tracked()}
        self.assertEqual(names - TOP_LEVEL, set())

    def test_the_rules_themselves(self):
        """the check finds what it is there to find"""
        order = ["base", "http", "uv"]
        cases = [
            ("core/http/a.cpp", ["core/base/x.hpp", "core/http/y.hpp"], 0),
            ("core/http/a.cpp", ["core/uv/x.hpp"], 1),
            ("core/http/a.cpp", ["core/nowhere/x.hpp"], 1),
            ("core/uv/a.cpp", ["gateway/x.hpp"], 1),
            ("gateway/a.cpp", ["core/uv/x.hpp", "gateway/y.hpp"], 0),
            ("gateway/a.cpp", ["player-bridge/y.hpp"], 1),
        ]
        for path, names, count in cases:
            with self.subTest(path=path, names=names):
                self.assertEqual(len(layer_breaches(path, names, order)), count)
        self.assertEqual(foreign_breaches("core/uv/loop.cpp", ["uv.h", "vector"]), [])
        self.assertEqual(len(foreign_breaches("gateway/main.cpp", ["uv.h", "curl/curl.h"])), 2)
        self.assertEqual(foreign_breaches("gateway/broadcaster/probe.cpp",
                                          ["libavformat/avformat.h"]), [])


if __name__ == "__main__":
    unittest.main()
