"""Writes README.md from nbs/index.ipynb. `python scripts/readme.py` writes it, `--check` exits 1 when it is stale."""

import hashlib
import json
import re
import statistics
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
from nbconvert import MarkdownExporter
from nbformat import NotebookNode
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
DIRECTIVE = re.compile(r"^\s*#\s*\|\s*(\w+).*\n?", re.MULTILINE)


def shown(
    cell: NotebookNode,
) -> bool:
    "Is the cell for readers? Cells with `hide` or `default_exp`, and empty ones, are not."
    if cell.cell_type != "code":
        return True
    return not {"hide", "default_exp"} & set(DIRECTIVE.findall(cell.source)) and bool(
        DIRECTIVE.sub("", cell.source).strip()
    )


CHAPTERS = {  # folder of nbs/ -> what it is about, from the ground up
    "": (
        "what everything stands on: configurations, seeds, measures, files; the families of models, and the"
        " loader"
    ),
    "text": (
        "from conversations to token ids: sources, tokenizers, embeddings, windows, baselines, and models"
        " that write"
    ),
    "plots": "one theme, and figures drawn from plain numbers",
    "train": "optimizers, the loop, checkpoints, progress, several processes",
    "cvfp": "the networks with a context vector: layers, solvers, training, checks",
    "lego": "the Transformer in blocks: stages, hard examples, early exits",
    "hub": "the models opened by transformers, and scored by lm-eval",
    "runs": "an experiment as a folder: parameters, environment, results, sweeps, the command line",
    "panels": "what can be moved and looked at in a notebook",
    "experiments": "the experiments themselves, run by `newllm run`",
}


def pages() -> str:
    "A list of the chapters, a line each."
    rows = []
    folders = {
        p.relative_to(ROOT / "nbs").parent.as_posix().strip(".")
        for p in (ROOT / "nbs").rglob("*.ipynb")
        if ".ipynb_checkpoints" not in p.parts
    }
    if folders != set(CHAPTERS):
        raise SystemExit(f"scripts/readme.py has chapters {sorted(CHAPTERS)}, nbs/ has {sorted(folders)}")
    for folder, about in CHAPTERS.items():
        place = f"nbs/{folder}" if folder else "nbs"
        rows.append(f"- [`{place}`]({place}): {about}")
    return "\n".join(rows)


def table(
    head: list[str],
    rows: list[list],  # cells; floats with one decimal, None empty
) -> str:
    "A markdown table."

    def cell(v):
        return "" if v is None else f"{v:.1f}" if isinstance(v, float) else str(v)

    return "\n".join("| " + " | ".join(map(cell, row)) + " |" for row in [head, ["---"] * len(head), *rows])


def minutes() -> str:
    "How long the main job took, and on what."
    seconds = json.loads((ROOT / "nbs" / "results" / "cvfp.timings.json").read_text(encoding="utf-8"))[
        "total_seconds"
    ]
    return f"{seconds / 60:.1f} minutes ({where('cvfp')})"


def where(
    experiment: str,  # name of a file in nbs/results
) -> str:
    "The kind of machine behind an experiment's figures."
    m = json.loads((ROOT / "nbs" / "results" / f"{experiment}.machine.json").read_text(encoding="utf-8"))
    return f"{m['precision']}, {m['processor']}, {m['threads']} thread{'s' if m['threads'] > 1 else ''}"


def metrics(
    experiment: str,
) -> dict:
    "What the run behind an experiment page's outputs measured."
    return json.loads((ROOT / "nbs" / "results" / f"{experiment}.json").read_text(encoding="utf-8"))


def spread(
    values: list[float],
    digits: int = 1,
) -> str:
    "Mean and range; one number when the range does not show."
    mean, low, high = (f"{v:.{digits}f}" for v in (statistics.mean(values), min(values), max(values)))
    return mean if low == high else f"{mean} ({low} to {high})"


SHOWN = {  # row of frozen_contexts -> what README calls it; optimizers are the rows' own
    "joint Phase 1": "**one context vector, joint Phase 1** (Muon)",
    "GRU": "GRU (AdamW)",
    "Kneser-Ney 3": "Kneser-Ney counts, order 3",
    "Transformer": "Transformer (AdamW)",
    "no context, fresh readout": "the same readout without any context",
}
FIGURE = ROOT / "nbs" / "images" / "perplexity.png"


def language_model() -> str:
    "Test perplexity of five rows, over seeds."
    m = metrics("frozen_contexts")
    rows = []
    for name, shown_as in SHOWN.items():
        found = m["seeds"][name]
        mixed = None if "Kneser" in name else spread([r["test_mixed"] for r in found])
        rows.append([shown_as, spread([r["test"] for r in found]), mixed])
    rows.sort(key=lambda row: float(row[1].split()[0]))
    tokens = m["corpus"]["tokens"]["train"]
    head = [
        f"{tokens:,} training tokens of dialogue, {m['num_seeds']} seeds",
        "test perplexity",
        "mixed with the counts",
    ]
    return table(head, rows)


def draw() -> None:
    "The figure of the table, with every seed."
    from newllm.plots.theme import PALETTE, use_theme

    use_theme()
    m = metrics("frozen_contexts")
    fig, ax = plt.subplots(figsize=(7.2, 2.6))
    for y, name in enumerate(SHOWN):
        found = [r["test"] for r in m["seeds"][name]]
        color = PALETTE[0] if name == "joint Phase 1" else "#777777"
        ax.plot([min(found), max(found)], [y, y], color=color, lw=3, solid_capstyle="butt")
        ax.plot(found, [y] * len(found), "o", color=color)
    ours, counts = (
        statistics.mean(r["test"] for r in m["seeds"][n]) for n in ("joint Phase 1", "Kneser-Ney 3")
    )
    ax.set(
        yticks=range(len(SHOWN)),
        yticklabels=[re.sub(r"[*]", "", text) for text in SHOWN.values()],
        xlabel="test perplexity, each seed (less is better)",
        title=f"Without attention: {ours:.1f}, where counting reaches {counts:.1f}",
    )
    ax.invert_yaxis()
    fig.tight_layout()
    FIGURE.parent.mkdir(exist_ok=True)
    fig.savefig(FIGURE, dpi=110, metadata={"Description": drawn_from()})


def drawn_from() -> str:
    "What identifies the data of the figure."
    m = metrics("frozen_contexts")
    data = [[r["test"] for r in m["seeds"][n]] for n in SHOWN]
    return hashlib.sha256(json.dumps([data, list(SHOWN.values())]).encode()).hexdigest()[:16]


def state_tracking() -> str:
    "Where the iteration is needed, from the run's own file."
    m = metrics("state_tracking")

    def right(kind):
        return [r["32"]["right_percent"] for r in m["rows"][kind]]

    asking, twin, gru = right("asking"), right("turning"), right("gru")
    larger = m["parameters"]["gru"] / m["parameters"]["asking"]
    tried = len(m.get("rates_tried", [0]))
    search = "one rate, chosen on ours" if tried == 1 else f"the best of {tried} rates for each"
    sweeps = m["sweeps_needed"]["512/10"]
    exact = 100 * sum(n <= 12 for n in sweeps) / len(sweeps)
    closed = (
        f" With needless questions closed in training, 12 sweeps find the states of 512 tokens of which 10 ask, exact to 1e-5, in {exact:.0f}% of {len(sweeps)} sequences."
        if m.get("open_questions")
        else ""
    )
    return (
        f"Where what a token does depends on the state (who holds what), a layer that asks its own state is right at"
        f" {spread(asking)}% of the positions of length 32 ({len(asking)} seeds), its twin that does not ask at {spread(twin)}%, a GRU of"
        f" {larger:.1f} times its parameters after as many steps at {spread(gru)}% ({len(gru)} seed{'s' * (len(gru) > 1)}; {search}): there the"
        f" iteration is needed ([state_tracking](nbs/experiments/state_tracking.ipynb)).{closed}"
    )


def limits() -> str:
    "What the numbers do not say, from the runs' own files."
    f, bytes_, words = metrics("feedback"), metrics("ashem_bytes"), metrics("ashem_bpe4096")
    best = max(f["gain_percent"].values(), key=lambda g: g["mean"])
    low, high = best["mean"] - best["half_width_95"], best["mean"] + best["half_width_95"]

    def mean(m, row):
        return statistics.mean(r["ppl"] for r in m["perplexity"][row])

    off = 100 * (1 - mean(bytes_, "ASHEM, routed") / mean(bytes_, "shallow, 2 layers"))
    lines = [
        "Ours is trained with Muon and the other networks with AdamW, and not all were searched equally: the table"
        " compares recipes, not layers alone.",
        state_tracking(),
        f"Feedback from the context into its own update makes perplexity worse than a twin's without it"
        f" ({best['mean']:+.1f}%, 95% interval {low:+.1f} to {high:+.1f}, {f['seeds']} seeds): on dialogue one scan is enough.",
        f"ASHEM routed is {off:.1f}% below its shallow half on bytes ({mean(bytes_, 'ASHEM, routed'):.2f}), but a full-depth model trained as long"
        f" is ahead of it on 4,096 BPE tokens ({mean(words, 'full depth, equal training compute'):.1f} against {mean(words, 'ASHEM, routed'):.1f}), where counts reach"
        f" {mean(words, 'Kneser-Ney 3'):.1f}.",
    ]
    return "\n".join(f"- {line}" for line in lines)


def results() -> str:
    "The first result beside its controls, and its limits."
    picture = f"![Test perplexity of five models, every seed]({FIGURE.relative_to(ROOT)})"
    return "\n\n".join([picture, language_model(), limits()])


def readme() -> str:
    "The text of README.md."
    nb = nbformat.read(ROOT / "nbs" / "index.ipynb", 4)
    nb.cells = [c for c in nb.cells if shown(c)]
    for c in nb.cells:
        c.source = (
            DIRECTIVE.sub("", c.source).strip()
            if c.cell_type == "code"
            else c.source.replace("<!-- pages -->", pages())
            .replace("<!-- minutes -->", minutes())
            .replace("<!-- results -->", results())
        )
    nb.metadata.language_info = {"name": "python"}
    body, extra = MarkdownExporter().from_notebook_node(nb)
    if extra["outputs"]:
        raise SystemExit("index.ipynb holds pictures: README.md is one file, use text")
    return (
        "<!-- written by scripts/readme.py from nbs/index.ipynb -->\n\n"
        + re.sub(r"\n{3,}", "\n\n", body).strip()
        + "\n"
    )


if __name__ == "__main__":
    path, text = ROOT / "README.md", readme()
    if "--check" not in sys.argv:
        path.write_text(text, encoding="utf-8")
        draw()
    elif not path.is_file() or path.read_text(encoding="utf-8") != text:
        raise SystemExit("README.md is stale: run `python scripts/readme.py`")
    elif not FIGURE.is_file() or Image.open(FIGURE).info.get("Description") != drawn_from():
        raise SystemExit(f"{FIGURE.relative_to(ROOT)} is stale: run `python scripts/readme.py`")
