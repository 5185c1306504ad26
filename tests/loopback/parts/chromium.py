"""A headless Chromium, told what to do over the DevTools protocol."""

import base64
import itertools
import json
import pathlib
import threading

from parts.http import ask
from parts.process import Program, eventually
from parts.websocket import WebSocket

# Runs before any script of the page: keeps what would otherwise be lost.
WITNESS = """
window.witness = {violations: [], shift: 0, shifted: []};
document.addEventListener('securitypolicyviolation', e => window.witness.violations.push(
    `${e.violatedDirective} forbids ${e.blockedURI} ${e.sample}`));
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    window.witness.shift += entry.value;
    window.witness.shifted.push(...entry.sources.map(({node}) => node && (node.id || node.className)));
  }
}).observe({type: 'layout-shift', buffered: true});
"""

KEYS = {"Tab": 9, "Enter": 13, " ": 32, "ArrowLeft": 37, "ArrowRight": 39}


class Chromium(Program):
    """A browser with a profile of its own, from which nothing leaves the machine unasked."""

    def __init__(self, profile, *, name="chromium"):
        super().__init__(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--mute-audio", "--hide-scrollbars",
             "--log-level=3", "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--disable-dev-shm-usage", "--lang=en-GB",
             "--autoplay-policy=no-user-gesture-required", f"--user-data-dir={profile}",
             "--remote-debugging-port=0", "about:blank"],
            name=name, environment={"TZ": "Asia/Kolkata"})
        self._port_file = pathlib.Path(profile) / "DevToolsActivePort"
        eventually(self._port_file.exists, timeout=90, what="Chromium can be talked to")
        self._port = eventually(lambda: self._port_file.read_text().split("\n")[0])

    def tab(self):
        """A new tab, empty."""
        answer = ask("PUT", f"http://127.0.0.1:{self._port}/json/new?about:blank")
        return Tab(answer.json()["webSocketDebuggerUrl"])


class CallFailed(AssertionError):
    """Chromium could not do what it was told to."""


class Tab:
    """One page. What it complains of is kept in `complaints`."""

    def __init__(self, url):
        self._socket = WebSocket(url)
        self._numbers = itertools.count(1)
        self._news = threading.Condition()
        self._answers = {}
        self._is_open = True
        self.complaints = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=WITNESS)

    def _read(self):
        while (text := self._socket.receive()) is not None:
            message = json.loads(text)
            with self._news:
                if "id" in message:
                    self._answers[message["id"]] = message
                else:
                    self._note(message["method"], message["params"])
                self._news.notify_all()
        with self._news:
            self._is_open = False
            self._news.notify_all()

    def _note(self, method, params):
        if method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(params["exceptionDetails"])[:500])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.complaints.append(json.dumps(params["args"])[:500])
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")

    def call(self, method, timeout=30, **params):
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        with self._news:
            self._news.wait_for(lambda: number in self._answers or not self._is_open, timeout)
            if number not in self._answers:
                raise AssertionError(f"Chromium did not answer {method}")
            answer = self._answers.pop(number)
        if "error" in answer:
            raise CallFailed(f"{method}: {answer['error']}")
        return answer["result"]

    def evaluate(self, expression):
        """The value of a JavaScript expression, awaited if it is a promise. Counts as a click does
        for what a page may do only when its user has done something."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True, userGesture=True)
        if "exceptionDetails" in result:
            raise AssertionError(f"{expression}: {json.dumps(result['exceptionDetails'])[:500]}")
        return result["result"].get("value")

    def open(self, url):
        """A new document, even if the tab is at `url` already."""
        before = self.until("performance.timeOrigin")
        self.call("Page.navigate", url=url)
        self.until(f"performance.timeOrigin !== {json.dumps(before)} && "
                   f"location.href.startsWith({json.dumps(url)}) && "
                   "document.readyState == 'complete'", 60)

    def until(self, expression, timeout=30):
        """Waits until a JavaScript expression is true; returns its value. The page may be loaded
        anew meanwhile."""
        def look():
            try:
                return self.evaluate(expression)
            except CallFailed:
                return None

        return eventually(look, timeout, expression)

    def press(self, key):
        code = KEYS[key]
        text = {"Enter": "\r", " ": " "}.get(key)
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code,
                  **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def type(self, text):
        """Text into the focused field, in place of what is in it."""
        self.evaluate("document.activeElement.select()")
        self.call("Input.insertText", text=text)

    def show(self, width, height, *, dark=False, scripts=True):
        """The window's size and what its user prefers."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)

    def screenshot(self, path, *, whole=True):
        """As PNG: the whole page or what is in the window."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        pathlib.Path(path).write_bytes(base64.b64decode(data["data"]))

    def close(self):
        self._socket.close()
        self._reader.join(20)
