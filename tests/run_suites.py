#!/usr/bin/env python3
"""Runs the tests that Meson knows of and counts their cases.

    run_suites.py BUILD[:SUITE,SUITE...] ...
    run_suites.py --programs BUILD[:SUITE,SUITE...]

Meson's own runner counts programs; here every test case of a Catch2 program and every method of a
Python unittest counts. A line is printed for each program as it ends, what failed is shown with its
output, and the last line is `N passed, M failed`. With `--programs` nothing is run: what would be
is printed, as ninja's targets.
"""

import concurrent.futures
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent

SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": "halt_on_error=1:detect_leaks=1:exitcode=99",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1:exitcode=99",
}
SANITIZED_SLOWDOWN = 4


@dataclasses.dataclass
class Outcome:
    """What one test program came to: how many cases passed, a name and text per failure, and whether
    it came to its end."""

    passed: int = 0
    failures: list = dataclasses.field(default_factory=list)
    complete: bool = False
    seconds: float = 0.0


def suites_of(test):
    return {suite.split(":")[-1] for suite in test["suite"]}


def tests_of(argument):
    """The tests Meson lists for `BUILD[:SUITE,...]`, each with its build folder and short name."""
    build, _, wanted = argument.partition(":")
    wanted = set(filter(None, wanted.split(",")))
    listed = subprocess.run(["meson", "introspect", "--tests", build],
                            cwd=ROOT, check=True, capture_output=True, text=True)
    tests = []
    known = set()
    for test in json.loads(listed.stdout):
        suites = suites_of(test)
        known |= suites
        if wanted and not wanted & suites:
            continue
        test["build"] = (ROOT / build).resolve()
        test["title"] = "/".join([build, *sorted(suites), test["name"]])
        tests.append(test)
    if wanted - known:
        sys.exit(f"No such suite: {', '.join(sorted(wanted - known))} (there are "
                 f"{', '.join(sorted(known))})\n0 passed, 1 failed")
    return tests


def is_sanitized(build):
    options = subprocess.run(["meson", "introspect", "--buildoptions", str(build)],
                             check=True, capture_output=True, text=True)
    return any(o["name"] == "b_sanitize" and o["value"] != "none"
               for o in json.loads(options.stdout))


def catch2_outcome(report):
    """From Catch2's XML. A program that died leaves it unfinished: what was counted stays counted."""
    outcome = Outcome()
    try:
        for _, element in ElementTree.iterparse(report):
            if element.tag != "TestCase":
                continue
            if element.find("OverallResult").get("success") == "true":
                outcome.passed += 1
            else:
                outcome.failures.append((element.get("name"), catch2_story(element)))
        outcome.complete = True
    except (ElementTree.ParseError, FileNotFoundError):
        pass
    return outcome


def catch2_story(case):
    lines = []
    for element in case.iter():
        if element.tag == "Section":
            lines.append(f"section {element.get('name')}")
        elif element.tag == "Expression" and element.get("success") == "false":
            original = (element.findtext("Original") or "").strip()
            expanded = (element.findtext("Expanded") or "").strip()
            lines.append(f"{element.get('filename')}:{element.get('line')}: {original}")
            lines.append(f"  was {expanded}")
        elif element.tag in ("Info", "Warning", "Failure", "Exception", "FatalErrorCondition"):
            lines.append(f"{element.tag}: {(element.text or '').strip()}")
    return "\n".join(lines)


def unittest_outcome(report):
    """From the JSON of run_unittest.py."""
    try:
        found = json.loads(pathlib.Path(report).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return Outcome()
    return Outcome(found["passed"], [tuple(failure) for failure in found["failures"]],
                   found["complete"])


def plain_outcome(status):
    return Outcome(1 if status == 0 else 0, [], True)


def run(test, sanitized):
    command = list(test["cmd"])
    script = next((i for i, part in enumerate(command) if part.endswith(".py")), None)
    with tempfile.TemporaryDirectory(prefix="alluvium-tests-") as folder:
        report = os.path.join(folder, "report")
        if script is not None:
            command.insert(script, str(ROOT / "tests/run_unittest.py"))
            command.insert(script + 1, report)
            read = unittest_outcome
        elif len(command) > 1:
            # A program with arguments of its own (a corpus) is one case, and its status says how it went.
            read = plain_outcome
        else:
            command += ["-r", "xml", "-o", report]
            read = catch2_outcome
        environment = {**os.environ, **test["env"], "ALLUVIUM_BUILD": str(test["build"])}
        limit = test["timeout"] or 30
        if sanitized:
            environment.update(SANITIZER_OPTIONS)
            limit *= SANITIZED_SLOWDOWN
        began = time.monotonic()
        # A session of its own, so that whatever the test has started can be ended with it.
        process = subprocess.Popen(command, env=environment, cwd=test["workdir"] or ROOT,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        try:
            output = process.communicate(timeout=limit)[0]
            problem = f"ended with status {process.returncode}"
        except subprocess.TimeoutExpired:
            problem = f"was stopped after {limit:.0f} s"
            output = None
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        if output is None:
            output = process.communicate()[0]
        outcome = read(report) if read is not plain_outcome else read(process.returncode)
        outcome.seconds = time.monotonic() - began
        if process.returncode != 0 and (not outcome.failures or not outcome.complete):
            outcome.failures.append((problem, output.decode(errors="replace")[-20_000:]))
        elif process.returncode == 0 and not outcome.passed:
            outcome.failures.append(("has no test case", output.decode(errors="replace")[-2_000:]))
        return outcome


def show(test, outcome):
    verdict = f"{len(outcome.failures)} FAILED" if outcome.failures else "ok"
    print(f"{test['title']:<44} {outcome.passed:4} passed  {verdict:<9} {outcome.seconds:6.1f} s",
          flush=True)
    for name, story in outcome.failures:
        print(f"  FAILED: {name}")
        for line in story.rstrip().splitlines():
            print(f"    {line}")
    sys.stdout.flush()


def print_programs(argument):
    for test in tests_of(argument):
        for part in map(pathlib.Path, test["cmd"]):
            if part.is_absolute() and part.is_relative_to(test["build"]):
                print(part.relative_to(test["build"]))


def main():
    if sys.argv[1:2] == ["--programs"]:
        return print_programs(sys.argv[2])
    work = []
    for argument in sys.argv[1:]:
        tests = tests_of(argument)
        sanitized = bool(tests) and is_sanitized(tests[0]["build"])
        work += [(test, sanitized) for test in tests]
    # The longest first, so that the last core does not wait for one that began late.
    work.sort(key=lambda entry: -(entry[0]["timeout"] or 0))
    # Searches have all there is of the machine for their time: tests that wait for something come
    # before them.
    searches = [entry for entry in work if "search" in suites_of(entry[0])]
    passed = failed = 0
    for batch in [entry for entry in work if entry not in searches], searches:
        with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            running = {pool.submit(run, test, sanitized): test for test, sanitized in batch}
            for future in concurrent.futures.as_completed(running):
                outcome = future.result()
                show(running[future], outcome)
                passed += outcome.passed
                failed += len(outcome.failures)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
