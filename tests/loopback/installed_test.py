#!/usr/bin/env python3
"""What is installed: programs, manuals, and what a service needs."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import BUILD, ROOT, program

PAGES = {
    "alluvium": "player-bridge/alluvium.1",
    "alluvium-gateway": "gateway/alluvium-gateway.1",
    "alluvium-broadcaster": "gateway/broadcaster/alluvium-broadcaster.1",
}

# Where the options are those of commands.
COMMANDS = {"alluvium-broadcaster": [["init"], ["grid"], ["live"], ["check"], ["as-run"]]}


def run(*command):
    """What a command says that has to succeed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=120)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def options_of_help(text):
    """{option: its default or None} by what a program says of itself."""
    found = {}
    for line in text.splitlines():
        entry = re.match(r"  (?:-\w,)?(--[a-z-]+)(?: (\S+))?", line)
        if entry:
            # `TYPE=default`, and for a choice `TYPE:{a,b}=default`.
            default = re.search(r"[^ ]=(\S+)$", entry[2] or "") or \
                re.search(r"\]=(\S+)$", line)
            found[entry[1]] = default[1] if default else None
    return found


def options_of_page(text):
    """{option: its paragraph} of the page's source, as plain words."""
    text = text.split(".SH OPTIONS", 1)[1].split("\n.SH ", 1)[0]
    text = re.sub(r"^\.B[IR]? ?|^\.RB ?", "", text, flags=re.MULTILINE).replace("\\-", "-")
    text = text.replace('"', "").replace("\\", "")
    found = {}
    for paragraph in text.split(".TP\n")[1:]:
        head = paragraph.split("\n", 1)[0]
        for option in re.findall(r"--[a-z-]+", head):
            found[option] = " ".join(paragraph.split())
    return found


class Installed(unittest.TestCase):
    def test_manuals(self):
        """a manual names every option the program has, no other, and its default"""
        for name, page in PAGES.items():
            said = {}
            for words in COMMANDS.get(name, [[]]):
                said |= options_of_help(run(program(name), *words, "--help"))
            written = options_of_page((ROOT / page).read_text())
            self.assertGreater(len(said), 5)
            self.assertEqual(set(written), set(said), page)
            for option, default in said.items():
                with self.subTest(program=name, option=option):
                    if default:
                        self.assertIn(default, written[option])

    def test_format(self):
        """the manuals are well-formed, and name the other programs"""
        for name, page in PAGES.items():
            with self.subTest(program=name):
                self.assertEqual(run("groff", "-man", "-ww", "-Tutf8", "-z", ROOT / page), "")
                text = (ROOT / page).read_text()
                self.assertIn(f".SH NAME\n{name} \\- ", text)
                for other in PAGES.keys() - {name}:
                    self.assertIn(f".BR {other} (1)", text.split(".SH SEE ALSO")[1])

    def test_install(self):
        """everything is where it belongs, and the service finds it there"""
        with tempfile.TemporaryDirectory(prefix="alluvium-test-") as folder:
            run("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", folder)
            prefix = pathlib.Path(folder) / "usr/local"
            files = {str(path.relative_to(prefix)) for path in prefix.rglob("*")
                     if path.is_file()}
            unit = "lib/systemd/system/alluvium-gateway.service"
            example = "share/doc/alluvium/alluvium-gateway.toml"
            self.assertEqual(files, {*(f"bin/{name}" for name in PAGES), unit, example,
                                     *(f"share/man/man1/{name}.1" for name in PAGES)})
            for name in PAGES:
                self.assertIn("Usage", run(prefix / "bin" / name, "--help"))
            self.assertEqual((prefix / example).read_text(),
                             (ROOT / "gateway/alluvium-gateway.toml").read_text())
            text = (prefix / unit).read_text()
            self.assertIn("ExecStart=/usr/local/bin/alluvium-gateway --config "
                          "/usr/local/etc/alluvium/gateway.toml --store", text)
            self.check_unit(pathlib.Path(folder) / "alluvium-gateway.service",
                            text.replace("=/usr/local/bin", f"={prefix}/bin"))

    def check_unit(self, file, text):
        """Has systemd look at the unit, where there is one."""
        if not shutil.which("systemd-analyze"):
            return
        file.write_text(text)
        said = run("systemd-analyze", "verify", "--man=no", file)
        self.assertNotIn(file.name, said)
        # From 0 to 100; a unit without any of this has 96.
        run("systemd-analyze", "security", "--offline=yes", "--threshold=15", file)


if __name__ == "__main__":
    unittest.main()
