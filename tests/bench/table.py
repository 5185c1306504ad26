"""A table in Markdown, in which several runs are one row: their median, and behind a slash their
worst."""

import statistics


class Table:
    """`columns` are (title, key in a run's figures, format), and after them which of several figures
    is the worst: the largest unless it says `min`. What a run does not have, or has as None, is
    left empty."""

    def __init__(self, columns):
        self._columns = columns
        self._rows = []

    def add(self, name, runs):
        self._rows.append([name, *(self._cell([run.get(key) for run in runs], shape, *worst)
                                   for _, key, shape, *worst in self._columns)])

    @staticmethod
    def _cell(values, shape, worst_of=max):
        values = [value for value in values if value is not None]
        if not values:
            return ""
        median, worst = statistics.median(values), worst_of(values)
        said = format(median, shape)
        return said if len(values) == 1 else f"{said} / {format(worst, shape)}"

    def show(self):
        for row in ([" ", *(title for title, *_ in self._columns)],
                    ["---"] * (len(self._columns) + 1), *self._rows):
            print("| " + " | ".join(row) + " |", flush=True)
