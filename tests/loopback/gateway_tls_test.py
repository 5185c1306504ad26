#!/usr/bin/env python3
"""A gateway with a certificate of its own, asked by curl and by listeners."""

import json
import signal
import socket
import ssl
import subprocess
import unittest

from harness import LoopbackTest, bracketed, eventually, free_port, noise, program
from parts.redis import Redis


class GatewayTls(LoopbackTest):
    def setUp(self):
        super().setUp()
        self.certificate, self.key = self.fresh("crt"), self.fresh("key")
        self.made = self.make_certificate()

    def make_certificate(self, name="gateway"):
        """Puts a fresh certificate and its key where the gateway looks; returns a copy of the
        certificate."""
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "1", "-subj", f"/CN={name}", "-keyout", self.key,
             "-out", self.certificate, "-addext", f"subjectAltName=IP:{self.address}"],
            check=True, capture_output=True, timeout=60)
        copy = self.fresh("authority")
        copy.write_bytes(self.certificate.read_bytes())
        return copy

    def secure_gateway(self, *stations, options=(), **more):
        return self.gateway(*stations, options=["--tls-cert", self.certificate,
                                                "--tls-key", self.key, *options], **more)

    def curl(self, authority, *arguments):
        return subprocess.run(["curl", "-sSg", "--cacert", authority, *arguments],
                              capture_output=True, text=True, timeout=60)

    def shown(self, gateway):
        """Whom the certificate names that it shows to who comes now."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        host, port = gateway.url.removeprefix("https://").rsplit(":", 1)
        with socket.create_connection((host.strip("[]"), int(port)), timeout=20) as plain, \
                context.wrap_socket(plain) as secure:
            der = secure.getpeercert(binary_form=True)
        text = subprocess.run(["openssl", "x509", "-inform", "der", "-noout", "-subject"],
                              input=der, capture_output=True, check=True, timeout=60)
        return text.stdout.decode().rsplit("= ", 1)[1].strip()

    def test_curl(self):
        """curl finds its answers over https, on one connection, and trusts nobody else"""
        origin = self.origin()
        gateway = self.secure_gateway(allow=[origin.base])
        self.assertTrue(gateway.url.startswith("https://"))
        both = self.curl(self.made, "-w", "%{num_connects} %{http_version}\n",
                         gateway.url + "/healthz", gateway.url + "/healthz")
        self.assertEqual(both.stdout.split("\n"), ["ok", "1 1.1", "ok", "0 1.1", ""], both.stderr)
        stranger = subprocess.run(["curl", "-sSg", gateway.url + "/healthz"],
                                  capture_output=True, text=True, timeout=60)
        self.assertEqual((stranger.returncode, stranger.stdout), (60, ""))
        plain = subprocess.run(["curl", "-sSg", gateway.url.replace("https", "http") + "/healthz"],
                               capture_output=True, text=True, timeout=60)
        self.assertNotEqual(plain.returncode, 0)
        self.assertNotIn("ok", plain.stdout)
        for version, status in (("--tlsv1.2", 0), ("--tlsv1.3", 0), ("--tlsv1.1", 35)):
            old = self.curl(self.made, version, "--tls-max", version[-3:], "--ciphers",
                            "DEFAULT@SECLEVEL=0", gateway.url + "/healthz")
            self.assertEqual(old.returncode, status, old.stderr)

    def test_reload(self):
        """HUP brings a new certificate without losing a connection; a bad one changes nothing"""
        origin = self.origin()
        gateway = self.secure_gateway(allow=[origin.base])
        context = ssl.create_default_context(cafile=self.made)
        host, port = gateway.url.removeprefix("https://").rsplit(":", 1)
        with socket.create_connection((host.strip("[]"), int(port)), timeout=20) as plain, \
                context.wrap_socket(plain, server_hostname=host.strip("[]")) as secure:
            def is_served():
                secure.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                heard = b""
                while not heard.endswith(b"ok\n"):
                    part = secure.recv(4096)
                    self.assertTrue(part)
                    heard += part

            is_served()
            self.make_certificate("renewed")
            self.assertEqual(self.shown(gateway), "gateway")
            gateway.process.send_signal(signal.SIGHUP)
            gateway.line("was read again", stream="stderr")
            self.assertEqual(self.shown(gateway), "renewed")
            is_served()
            self.key.write_text("nonsense")
            gateway.process.send_signal(signal.SIGHUP)
            said = gateway.line(r"error .*; the certificate in use stays", stream="stderr")[0]
            self.assertIn(str(self.key), said)
            self.assertEqual(self.shown(gateway), "renewed")
            is_served()

    def test_listener(self):
        """a listener that is told whom to trust by SSL_CERT_FILE uses such a gateway"""
        origin = self.origin()
        song = origin.station.add("song.mp3", noise("mp3", 20, 1))
        playlist = origin.station.publish_run([song], offset=0)
        gateway = self.secure_gateway(playlist)
        listener = self.listener(playlist, gateway=gateway.url,
                                 environment={"SSL_CERT_FILE": str(self.made)}).serving()
        listener.await_whole_item()

        def announced():
            page = self.curl(self.made, gateway.url + "/metrics").stdout
            return "\nalluvium_gateway_peers 1\n" in page

        eventually(announced)

    def test_companions(self):
        """of two such gateways on one Redis the one hands on to the other over https; who does not
        know the Redis's password says so, and goes on alone"""
        origin = self.origin()
        song = origin.station.add("song.mp3", noise("mp3", 5, 1))
        redis = self.started(Redis(self.fresh("redis"), password="p@ss word"))
        secret = self.fresh("password")
        secret.write_text("p@ss word\n")
        place = f"127.0.0.1:{redis.port}/3"
        gateways = []
        for name, store, more in (
                ("first", f"redis://:p%40ss%20word@{place}", []),
                ("second", f"redis://{place}", ["--store-password", secret])):
            port = free_port(self.address)
            here = f"https://{bracketed(self.address)}:{port}"
            gateways.append(self.secure_gateway(
                allow=[origin.base], options=["--companion-url", here, *more], store=store, port=port,
                name=name, environment={"SSL_CERT_FILE": str(self.made)}))
            gateways[-1].line("leads", stream="stderr")
        facts = self.curl(self.made, "-H", "Prefer: wait=10",
                          f"{gateways[1].url}/gateway/head?uri={origin.url(song.name)}").stdout
        self.assertEqual(json.loads(facts)["urn"], song.urn)
        figures = self.curl(self.made, gateways[1].url + "/metrics").stdout
        self.assertIn("\nalluvium_gateway_companions_handed_on_total 1\n", figures)
        self.assertIn("\nalluvium_gateway_fetches_total 0\n", figures)
        stranger = self.gateway(allow=[origin.base], store=f"redis://:guessed@{place}")
        stranger.line("WRONGPASS", stream="stderr")
        self.assertEqual(stranger.facts(origin.url(song.name))["urn"], song.urn)
        self.assertNotIn("guessed", "".join(stranger.stderr))

    def test_failed_starts(self):
        """what is wrong with the files is said in one sentence"""
        self.key.write_text("nonsense")
        done = subprocess.run(
            [program("alluvium-gateway"), "--listen", f"{bracketed(self.address)}:0", "--allow",
             "http://a.example/", "--tls-cert", self.certificate, "--tls-key", self.key],
            capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn(str(self.key), done.stderr)

    def test_plain(self):
        """without a certificate HUP ends nothing"""
        gateway = self.gateway(allow=["http://a.example/"])
        gateway.process.send_signal(signal.SIGHUP)
        gateway.line("nothing to read again", stream="stderr")
        self.assertTrue(gateway.running)


if __name__ == "__main__":
    unittest.main()
