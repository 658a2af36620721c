"""Executes the pages as `nbdev_test` does, with its options, and compares what they print with the outputs
that are committed: `python scripts/check_outputs.py --path nbs/02_metrics.ipynb`.

Compared are standard output and the text of results; figures, widgets, data frames and standard error are
not, nor what a cell prints that ends in a semicolon.
Only pages that were printed on a machine of this kind (`printed_on` in their metadata) are compared, since
sums come in another order elsewhere; there words and whole numbers must be the same, and with `--decimals`
decimals too.
A cell with the directive `#| varies` prints what depends on the clock or on the machine: its numbers are
not compared.
`python scripts/refresh_outputs.py PAGE` gives a page the outputs that it prints now.
"""

import difflib
import os
import re
import sys
from pathlib import Path

import nbdev.test
from execnb.shell import CaptureShell
from refresh_outputs import WIDGET, kind_of_machine, last_states

NUMBER = r"[-+]?(?:\d[\d,_]*)?\.?\d+(?:e[-+]?\d+)?|\b(?:nan|inf)\b"
DECIMAL = r"[-+]?(?:\d[\d,_]*\.\d+|\.\d+|\d+(?=e[-+]?\d))(?:e[-+]?\d+)?|\b(?:nan|inf)\b"
DRAWN = re.compile(r"<Figure size|<matplotlib\.|Figure\(")  # what a figure is called where nothing draws it

DECIMALS = "NEWLLM_COMPARE_DECIMALS" in os.environ  # an environment variable, which workers inherit

run_page = nbdev.test.test_nb


def joined(lines: str | list[str]) -> str:
    "Text that a notebook holds as one string or as its lines."
    return lines if isinstance(lines, str) else "".join(lines)


def said(
    outputs: list[dict],  # of a cell
) -> str:
    "Standard output, then the text of results."
    printed = ""
    results = []
    for o in outputs:
        data = o.get("data", {})
        if o["output_type"] == "stream" and o["name"] == "stdout":
            printed += joined(o["text"])
        picture = WIDGET in data or any(kind.startswith("image/") for kind in data)
        of_width = "text/html" in data  # a table, whose text is as wide as the terminal
        if "text/plain" in data and not picture and not of_width:
            results.append(joined(data.get("text/markdown", data["text/plain"])))
    results = [r for r in results if not DRAWN.match(r)]
    text = "\n".join([last_states(printed), *results])
    text = re.sub(r" at 0x[0-9a-f]+", "", text)
    return re.sub(r"\b[0-9a-f]{12}\b", "#", text)  # a run's name hashes the code


def comparable(
    text: str,
    varies: bool,  # is the cell marked?
) -> list[str]:  # lines
    "What must be equal; numbers that need not be are one sign each."
    if varies or not DECIMALS:
        text = re.sub(NUMBER if varies else DECIMAL, "#", text)
        text = re.sub(r"[ \t]+", " ", text)  # columns are as wide as their numbers
    return [line.rstrip() for line in text.splitlines() if line.strip()]


class ComparingShell(CaptureShell):
    "Executes a page and keeps which cells say something else than before."

    latest: "ComparingShell | None" = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.same_kind = False
        self.differs: list[str] = []
        ComparingShell.latest = self

    def run_all(self, nb, **kwargs):
        "As it is; the page says on what kind of machine it was printed."
        self.same_kind = nb.metadata.get("printed_on") == kind_of_machine()
        super().run_all(nb, **kwargs)

    def cell(self, cell, **kwargs):
        "As it is, with the comparison behind it."
        if cell.cell_type != "code":
            return
        silent = cell.source.rstrip().endswith(";")  # execnb then drops what was printed, too
        varies = "varies" in cell.directives_
        before = comparable(said(cell.outputs), varies)
        cell.outputs = []
        super().cell(cell, **kwargs)
        now = comparable(said(cell.outputs), varies)
        if self.same_kind and not silent and before != now and self.exc is None:
            lines = difflib.unified_diff(before, now, "committed", "printed now", lineterm="", n=0)
            self.differs.append("\n".join([f"cell {cell.id}", *(line[:300] for line in lines)]))


def compare_page(fn: Path, *args, **kwargs):
    "In place of `nbdev.test.test_nb`: the page fails, too, when what it prints is not what is committed."
    ComparingShell.latest = None
    passed, seconds = run_page(fn, *args, **kwargs)
    shell = ComparingShell.latest
    for found in shell.differs if shell else []:
        print(f"{fn.name}, {found}")
    return passed and not (shell and shell.differs), seconds


if __name__ == "__main__":
    if "--decimals" in sys.argv:
        sys.argv.remove("--decimals")
        os.environ["NEWLLM_COMPARE_DECIMALS"] = "1"
    import check_outputs  # a page takes the place of __main__ in the process that executes it

    check_outputs.nbdev.test.nbdev_test()
else:  # in processes that are started anew, too
    nbdev.test.CaptureShell = ComparingShell
    nbdev.test.test_nb = compare_page
