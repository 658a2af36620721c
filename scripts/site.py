"""Writes nbs/sidebar.yml, the reading order of the documentation site that `nbdev_docs` builds with Quarto. `--check` exits 1 when it is stale."""

import sys
from pathlib import Path

import yaml
from readme import CHAPTERS

ROOT = Path(__file__).resolve().parents[1]
NBS = ROOT / "nbs"
FIRST = ("index", "start", "results", "glossary")  # pages that a reader opens before any chapter
TITLES = {
    "": "Ground",
    "text": "Text",
    "plots": "Plots",
    "train": "Training",
    "cvfp": "CVFP",
    "lego": "LEGO and ASHEM",
    "hub": "Beside transformers",
    "speed": "Speed",
    "runs": "Runs",
    "panels": "Panels",
    "experiments": "Experiments",
}


def sidebar() -> str:
    "The pages in reading order: what to open first, the experiments, then the chapters from the ground up."
    contents: list = [f"{name}.ipynb" for name in FIRST]
    for chapter in ("experiments", *(c for c in CHAPTERS if c != "experiments")):
        names = sorted(p.name for p in (NBS / chapter).glob("*.ipynb"))
        pages = [f"{chapter}/{name}" if chapter else name for name in names]
        contents.append(
            {
                "section": TITLES[chapter],
                "contents": [p for p in pages if p.removesuffix(".ipynb") not in FIRST],
            }
        )
    return yaml.safe_dump({"website": {"sidebar": {"contents": contents}}}, sort_keys=False)


if __name__ == "__main__":
    path, text = NBS / "sidebar.yml", sidebar()
    if "--check" not in sys.argv:
        path.write_text(text, encoding="utf-8")
    elif not path.is_file() or path.read_text(encoding="utf-8") != text:
        raise SystemExit("nbs/sidebar.yml is stale: run `python scripts/site.py`")
