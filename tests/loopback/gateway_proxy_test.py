#!/usr/bin/env python3
"""A gateway behind a real nginx: who asks is whom the proxy names, if it is one that may."""

import json
import unittest

from harness import LoopbackTest, ask, noise

# As the gateway's README has it.
PROXY = """location / {{
  proxy_pass {gateway};
  proxy_http_version 1.1;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
}}"""


class BehindProxy(LoopbackTest):
    proxy_at, client_at = "127.0.0.1", "127.0.0.9"

    def scene(self, *options):
        """(URL of a gateway, URL of the nginx before it, URN that it knows)."""
        origin = self.origin()
        sound = origin.station.add("song.mp3", noise("mp3", 5, 1))
        gateway = self.gateway(allow=[origin.base], options=options)
        gateway.facts(origin.url(sound.name))
        proxy = self.origin(name="proxy", extra=PROXY.format(gateway=gateway.url))
        return gateway.url, proxy.base.rstrip("/"), sound.urn

    def seen_as(self, base, urn, headers=None):
        """As whom the gateway sees `client_at`, asking at `base`; else the status."""
        body = json.dumps({"port": 0, "holdings": [{"urn": urn, "available": "none"}]}).encode()
        answer = ask("POST", base + "/gateway/announce", body=body, source=self.client_at,
                     headers={"Content-Type": "application/json", **(headers or {})})
        return answer.json()["you"] if answer.status == 200 else answer.status

    def test_named(self):
        """through a named proxy a listener has its own address, and cannot take another's"""
        gateway, proxy, urn = self.scene("--proxy", "127.0.0.1/32")
        self.assertEqual(self.seen_as(proxy, urn), self.client_at)
        for victim in ("192.0.2.1", "192.0.2.1, 127.0.0.1", "unknown", '"'):
            with self.subTest(victim=victim):
                self.assertEqual(self.seen_as(proxy, urn, {"X-Forwarded-For": victim}),
                                 self.client_at)
        for victim in ("for=192.0.2.1", 'for="', "nonsense"):
            with self.subTest(victim=victim):
                self.assertEqual(self.seen_as(proxy, urn, {"Forwarded": victim}), 400)
        # The listener is no proxy, so nobody asks it for whom.
        self.assertEqual(self.seen_as(gateway, urn, {"X-Forwarded-For": "192.0.2.1"}),
                         self.client_at)

    def test_not_named(self):
        """without --proxy nobody is believed"""
        gateway, proxy, urn = self.scene()
        self.assertEqual(self.seen_as(proxy, urn), self.proxy_at)
        self.assertEqual(self.seen_as(gateway, urn, {"X-Forwarded-For": "192.0.2.1"}),
                         self.client_at)
        self.assertEqual(self.seen_as(gateway, urn, {"Forwarded": "for=192.0.2.1"}),
                         self.client_at)


if __name__ == "__main__":
    unittest.main()
