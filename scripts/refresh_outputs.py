"""Executes pages in place and keeps the outputs that are the same every time: `python scripts/refresh_outputs.py nbs/02_metrics.ipynb ...`.

The page's metadata say what kind of machine printed them, because decimals of another kind may differ (`scripts/check_outputs.py`).
Left out are widget state (megabytes, new ids each time), standard error and timings. Cells that the test suite skips keep what they have.
`python scripts/refresh_outputs.py --run cvfp` gives an experiment page the outputs of its latest finished run instead, and keeps that run's metrics in nbs/results.
`python scripts/refresh_outputs.py --keep ashem ashem-recorded` keeps the latest run's metrics under another name, for a setting whose outputs the page does not hold.
"""

import base64
import importlib.metadata
import json
import platform
import re
import shutil
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

WIDGET = "application/vnd.jupyter.widget-view+json"
SKIPPED = re.compile(r"^\s*#\s*\|\s*(eval:\s*false|slow|gpu|notest)\b", re.MULTILINE)


def stable(
    output: NotebookNode,
) -> bool:
    "Is the output the same every time the page runs? A widget goes, and the static figure beside it stays."
    data = output.get("data", {})
    widget = data.pop(WIDGET, None) is not None
    return not (widget and set(data) <= {"text/plain"}) and not (
        output.output_type == "stream" and output.name == "stderr"
    )


def kind_of_machine() -> str:
    "What the last digits of sums depend on: the processor's features, and the libraries that add."
    from torch.backends import cpu

    versions = " ".join(f"{name} {importlib.metadata.version(name)}" for name in ("torch", "numpy"))
    about = Path("/proc/cpuinfo")
    names = re.findall(r"vendor_id\s*: (.*)", about.read_text(encoding="utf-8")) if about.is_file() else []
    processor = names[0] if names else platform.processor() or platform.machine()
    return f"{processor}, {cpu.get_cpu_capability()}, {versions}"


def refresh(
    path: Path,  # a notebook, changed in place
) -> None:
    """Executes the page in its own folder, in a new kernel; stops at the first error, leaving the file as
    it was.
    """
    nb = nbformat.read(path, 4)
    executed = nbformat.from_dict(
        {**nb, "cells": [c for c in nb.cells if not (c.cell_type == "code" and SKIPPED.search(c.source))]}
    )
    NotebookClient(
        executed,
        timeout=900,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    done = {c.id: c for c in executed.cells if c.cell_type == "code"}
    for c in nb.cells:
        if c.id in done:
            c.outputs, c.execution_count = (
                [o for o in done[c.id].outputs if stable(o)],
                done[c.id].execution_count,
            )
    nb.metadata.pop("widgets", None)
    nb.metadata["printed_on"] = kind_of_machine()
    nbformat.write(nb, path)


def last_states(
    text: str,  # what a program wrote
) -> str:
    """Text as a terminal shows it in the end: of a line that was drawn again and again, the last state,
    and no finished bar.
    """
    lines = [line.rstrip("\r").split("\r")[-1] for line in text.split("\n")]
    return "\n".join(line for line in lines if not re.match(r"^\S*:?\s+\d+%\|", line))


def settled(
    output: NotebookNode,
) -> NotebookNode:
    "The output with its text as a terminal shows it in the end."
    if output.output_type == "stream":
        output.text = last_states(output.text)
    return output


def with_pictures(
    outputs: list[NotebookNode],
    source: str,  # of their cell
    folder: Path,  # of the run
) -> list[NotebookNode]:
    """Figures that a run without a display left as a word get the picture that it saved: the n-th of a cell
    is the n-th `run.figure("name", ...)`.
    """
    names = iter(re.findall(r"run\.figure\(\s*\"([^\"]+)\"", source))
    for o in outputs:
        data = o.get("data", {})
        if not data.get("text/plain", "").startswith("<Figure size"):
            continue
        name = next(names, "")
        saved = [p for p in (folder / d / f"{name}.png" for d in ("figures", "timings")) if p.is_file()]
        if "image/png" not in data and saved:
            data["image/png"] = base64.b64encode(saved[0].read_bytes()).decode()
    return outputs


def from_run(
    experiment: str,  # name of the page
) -> None:
    "Gives the page the outputs of its latest finished run, and nbs/results its metrics."
    from newllm.runs.run import find_page, latest

    page, folder = find_page(experiment), latest(experiment)
    nb, done = nbformat.read(page, 4), {c.id: c for c in nbformat.read(folder / "notebook.ipynb", 4).cells}
    for c in nb.cells:
        if c.cell_type != "code":
            continue
        if done[c.id].source != c.source:
            raise SystemExit(f"{page} has changed since its latest run: run it again")
        c.outputs = [
            settled(o) for o in done[c.id].outputs if stable(o) and str(folder) not in str(o)
        ]  # a path is this machine's
        c.outputs = with_pictures([o for o in c.outputs if o.get("text") != ""], c.source, folder)
        c.execution_count = done[c.id].execution_count
    nbformat.write(nb, page)
    shutil.copyfile(folder / "timings.json", page.parents[1] / "results" / f"{experiment}.timings.json")
    keep(experiment, experiment)


def keep(
    experiment: str,  # name of the page that ran
    name: str,  # of the file in nbs/results
) -> None:
    """Keeps the metrics of the latest finished run under `name`, and what kind of machine made them; the
    page stays as it is.
    """
    from newllm.runs.run import find_page, latest

    folder, results = latest(experiment), find_page(experiment).parents[1] / "results"
    shutil.copyfile(folder / "metrics.json", results / f"{name}.json")
    (results / f"{name}.machine.json").write_text(
        json.dumps(machine(folder), indent=1) + "\n", encoding="utf-8"
    )


def machine(
    folder: Path,  # of a finished run
) -> dict:
    """What the figures may depend on: the processor's features and not its name, threads, torch, and the
    format of the products.
    """
    where = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))["config"]
    read = where["seeding"]["not_fixed"]
    precision = where.get("precision", config.get("joint", {}).get("precision", "float32"))
    return {
        "processor": f"{where['machine']}, {read['cpu_capability']}",
        "cores": read["cpu_count"],
        "threads": read["torch_threads"],
        "torch": where["versions"]["torch"],
        "precision": precision,
        "commit": where["git"]["commit"],
    }


if __name__ == "__main__":
    if not sys.argv[1:]:
        raise SystemExit(__doc__)
    if sys.argv[1] == "--run":
        [from_run(name) for name in sys.argv[2:]]
    elif sys.argv[1] == "--keep":
        keep(*sys.argv[2:])
    else:
        [refresh(Path(name)) for name in sys.argv[1:]]
