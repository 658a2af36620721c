"""Executes pages in place and keeps the outputs that are the same every time: `python scripts/refresh_outputs.py nbs/03_metrics.ipynb ...`.

Left out are widget state (megabytes, new ids each time), standard error and timings. Cells that the test suite skips keep what they have.
"""
import re, sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

WIDGET = "application/vnd.jupyter.widget-view+json"
SKIPPED = re.compile(r"^\s*#\s*\|\s*(eval:\s*false|slow|gpu|notest)\b", re.MULTILINE)


def stable(
    output: NotebookNode,
) -> bool:
    "Is the output the same every time the page runs?"
    return WIDGET not in output.get("data", {}) and not (output.output_type == "stream" and output.name == "stderr")


def refresh(
    path: Path,  # a notebook, changed in place
) -> None:
    "Executes the page in its own folder, in a new kernel; stops at the first error, leaving the file as it was."
    nb = nbformat.read(path, 4)
    executed = nbformat.from_dict({**nb, "cells": [c for c in nb.cells if not (c.cell_type == "code" and SKIPPED.search(c.source))]})
    NotebookClient(executed, timeout=900, kernel_name="python3", record_timing=False, resources={"metadata": {"path": str(path.parent)}}).execute()
    done = {c.id: c for c in executed.cells if c.cell_type == "code"}
    for c in nb.cells:
        if c.id in done: c.outputs, c.execution_count = [o for o in done[c.id].outputs if stable(o)], done[c.id].execution_count
    nb.metadata.pop("widgets", None)
    nbformat.write(nb, path)


if __name__ == "__main__":
    if not sys.argv[1:]: raise SystemExit(__doc__)
    for name in sys.argv[1:]: refresh(Path(name))
