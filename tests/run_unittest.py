#!/usr/bin/env python3
"""Runs the unittest cases of one file and leaves their count as JSON.

    run_unittest.py REPORT FILE [TEST...]

REPORT becomes `{"passed": N, "failures": [[name, text]...], "complete": bool}`, written after every
case, so that it is true up to there even if the process is killed. A case is called by its
docstring's first line.
"""

import importlib.util
import json
import pathlib
import sys
import unittest


class Recorder(unittest.TextTestResult):
    """Counts cases, not subtests: a case whose subtests fail has failed once."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.report = None
        self.passed = 0
        self.stories = {}

    def note_failure(self, test, error):
        case = getattr(test, "test_case", test)
        name = f"{case.shortDescription() or case.id()} [{case.id()}]"
        subtest = "" if case is test else f"{test}\n"
        self.stories.setdefault(name, []).append(subtest + self._exc_info_to_string(error, case))
        self.write()

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note_failure(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self.note_failure(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self.note_failure(subtest, err)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.stories[test.id()] = ["was expected to fail"]

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1

    def stopTest(self, test):
        super().stopTest(test)
        self.write()

    def stopTestRun(self):
        super().stopTestRun()
        self.write(complete=True)

    def write(self, complete=False):
        failures = [[name, "\n".join(story)] for name, story in self.stories.items()]
        self.report.write_text(json.dumps(
            {"passed": self.passed, "failures": failures, "complete": complete}))


def main():
    report, file, *names = sys.argv[1:]
    sys.path.insert(0, str(pathlib.Path(file).parent))
    spec = importlib.util.spec_from_file_location(pathlib.Path(file).stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    loader = unittest.defaultTestLoader
    tests = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)

    def recorder(*arguments, **options):
        result = Recorder(*arguments, **options)
        result.report = pathlib.Path(report)
        return result

    result = unittest.TextTestRunner(resultclass=recorder, verbosity=2).run(tests)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
