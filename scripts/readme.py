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
    "speed": "what a step, a pass over a text and a token cost beside others'",
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


SHOWN = {  # row of language_model -> what README calls it
    "cvfp": "**one context vector**",
    "lstm": "LSTM",
    "gru": "GRU",
    "kneser_ney": "Kneser-Ney counts",
    "memoryless": "ours without memory",
    "transformer": "Transformer",
}
FIGURE = ROOT / "nbs" / "images" / "perplexity.png"


def shown_rows(
    m: dict,  # metrics of language_model
) -> list[str]:
    "The rows of the table, the best one first."
    return sorted(SHOWN, key=lambda kind: statistics.mean(r["test"] for r in m["rows"][kind]))


def named(
    m: dict,  # metrics of language_model
    kind: str,
) -> str:
    "What a row is called, the chosen order or optimizer with it."
    if kind == "kneser_ney":
        return m["titles"][kind].replace("Kneser-Ney", SHOWN[kind])
    return f"{SHOWN[kind]} ({'AdamW' if 'adamw' in m['chosen'][kind] else 'Muon'})"


def language_model() -> str:
    "Test perplexity of five rows, over seeds, and ours against each."
    m = metrics("language_model")
    rows = []
    for kind in shown_rows(m):
        found, change = m["rows"][kind], m["changes"].get(kind)
        against = None
        if change:
            low, high = change["documents_low"], change["documents_high"]
            against = f"{change['percent']:+.1f}% ({low:+.1f} to {high:+.1f})"
            against += "" if change["holds"] else ", not told apart"
        mixed = None if kind == "kneser_ney" else spread([r["test_mixed"] for r in found])
        rows.append([named(m, kind), spread([r["test"] for r in found]), against, mixed])
    head = [
        f"{m['corpus']['tokens']['train']:,} training tokens of dialogue, {m['num_seeds']} seeds",
        "test perplexity",
        "ours against it, 95% over conversations",
        "mixed with the counts",
    ]
    return table(head, rows)


TRACKING = {  # kind of network in state_tracking -> what README calls it
    "asking": "**asks its own state**",
    "leaky_multiply": "leaky units, multiplied feedback",
    "lstm": "LSTM",
    "gru": "GRU",
    "turning": "its twin, which asks nothing",
    "transformer": "Transformer",
}
LENGTHS = ("32", "128", "512")


def right(
    kind: str,  # of a network in state_tracking
    length: str,
) -> list[float]:
    "Positions with all answers right, in %, for each seed."
    return [r[length]["right_percent"] for r in metrics("state_tracking")["rows"][kind]]


def tracking_kinds() -> list[str]:
    "The networks of state_tracking, the best at the last length first."
    kinds = [kind for kind in TRACKING if kind in metrics("state_tracking")["rows"]]
    return sorted(kinds, key=lambda kind: -statistics.mean(right(kind, LENGTHS[-1])))


def state_tracking() -> str:
    "Positions right by length, over seeds."
    m = metrics("state_tracking")
    head = [f"who holds what, {len(m['rows']['asking'])} seeds", "parameters"]
    rows = [
        [TRACKING[kind], f"{m['parameters'][kind]:,}", *(spread(right(kind, n)) for n in LENGTHS)]
        for kind in tracking_kinds()
    ]
    return table([*head, *(f"right at length {n}, %" for n in LENGTHS)], rows)


def dots(ax, rows: list[tuple[str, list[float]]]) -> None:
    "A row for each network, a dot for each seed; ours, which comes in asterisks, in colour."
    from newllm.plots.theme import PALETTE

    for y, (name, found) in enumerate(rows):
        color = PALETTE[0] if "*" in name else "#777777"
        ax.plot([min(found), max(found)], [y, y], color=color, lw=3, solid_capstyle="butt")
        ax.plot(found, [y] * len(found), "o", color=color)
    ax.set(yticks=range(len(rows)), yticklabels=[name.replace("*", "") for name, _ in rows])
    ax.invert_yaxis()


def drawn() -> dict[str, list[tuple[str, list[float]]]]:
    "What the two parts of the figure show."
    m = metrics("language_model")
    return {
        "tracking": [(TRACKING[kind], right(kind, LENGTHS[-1])) for kind in tracking_kinds()],
        "text": [(named(m, kind), [r["test"] for r in m["rows"][kind]]) for kind in shown_rows(m)],
    }


def draw() -> None:
    "The figure of both tables, with every seed."
    from newllm.plots.theme import use_theme

    use_theme()
    parts = drawn()
    fig, (left, below) = plt.subplots(2, figsize=(7.6, 5), layout="constrained")
    dots(left, parts["tracking"])
    asking, twin = (statistics.mean(right(kind, LENGTHS[-1])) for kind in ("asking", "turning"))
    left.set(
        xlabel=f"positions right at length {LENGTHS[-1]}, %, each seed",
        title=f"Who holds what: {asking:.0f}% asking the state, {twin:.0f}% without",
    )
    dots(below, parts["text"])
    m = metrics("language_model")
    ours, lstm, counts = (
        statistics.mean(r["test"] for r in m["rows"][k]) for k in ("cvfp", "lstm", "kneser_ney")
    )
    below.set(
        xlabel="test perplexity, each seed (less is better)",
        title=f"Dialogue: ours {ours:.1f}, LSTM {lstm:.1f}, counts {counts:.1f}",
    )
    FIGURE.parent.mkdir(exist_ok=True)
    fig.savefig(FIGURE, dpi=110, metadata={"Description": drawn_from()})


def drawn_from() -> str:
    "What identifies the data of the figure."
    return hashlib.sha256(json.dumps(drawn()).encode()).hexdigest()[:16]


def needed() -> str:
    "What the table of state_tracking shows, and how it was searched."
    m = metrics("state_tracking")
    gain, worst = m["gain_points"][LENGTHS[-1]], min(right("asking", LENGTHS[-1]))
    tried = len(m["settings_right_percent"]["asking"])
    trained_to = max(map(int, set(m["rows"]["asking"][0]) - set(LENGTHS)))
    sweeps = m["sweeps_needed"]["512/10"]
    exact = 100 * sum(n <= 12 for n in sweeps) / len(sweeps)
    return (
        f"Where what a token does depends on the state, asking the state adds {gain['mean']:.1f} +- {gain['half_width_95']:.1f} points"
        f" at length {LENGTHS[-1]} (95% over seeds; its worst seed is right in {worst:.1f}%);"
        f" all were trained to length {trained_to}."
        f" Every network has as many steps and the best of {tried} settings: rates, without and with a loss that draws states of the same answers together;"
        " the rest of the recipe was found on ours ([state_tracking](nbs/experiments/state_tracking.ipynb))."
        f" For 512 tokens of which 10 ask, 12 sweeps find the states exact to 1e-5 in {exact:.0f}% of {len(sweeps)} sequences."
    )


def stories() -> str:
    "The same question in words."
    asking, twin = metrics("state_tracking_stories"), metrics("state_tracking_stories_twin")
    rivals = metrics("state_tracking_stories_rivals")

    def at(m, kind, length):
        right = [row[length]["right_percent"] for row in m["rows"][kind]]
        return f"{statistics.mean(right):.1f} ({min(right):.1f} to {max(right):.1f})"

    def said(title, m, kind):
        size, seeds = m["parameters"][kind], len(m["rows"][kind])
        return f"{title} ({size:,}, {seeds} seeds) in {at(m, kind, '96')} and {at(m, kind, '768')}"

    return (
        "In stories told in words, learned as next-token prediction, the layer that asks is right in"
        f" {at(asking, 'asking', '96')} percent of the answers at 96 words and {at(asking, 'asking', '768')} at 768"
        f" ({asking['parameters']['asking']:,} parameters, {len(asking['rows']['asking'])} seeds; trained to"
        f" 768 words, by a recipe that was found on it), {said('its twin', twin, 'turning')},"
        f" {said('a GRU', rivals, 'gru')}, which in training got no further than stories of 48 words"
        " ([the GRU is no limit of GRUs](nbs/experiments/state_tracking.ipynb))."
    )


def searched() -> str:
    "How the table's rows were chosen, and what it does not show."
    m = metrics("language_model")
    rival = min(
        m["mixed_changes"], key=lambda kind: statistics.mean(r["test_mixed"] for r in m["rows"][kind])
    )
    mixed = m["mixed_changes"][rival]
    low, high = mixed["seeds_low"], mixed["seeds_high"]
    by_counts = (
        f"mixed with the counts, ours against the {m['titles'][rival]} is {mixed['percent']:+.1f}% (95% over seeds"
        f" {low:+.1f} to {high:+.1f}{'' if mixed['holds'] else ': not told apart'})"
    )
    return (
        f"Every network has as many parameters and was searched over the same {m['settings_tried']} settings (optimizer, rate, dropout) on"
        f" validation text; the architecture of ours was chosen before, on other conversations, the rivals' are the textbook's. An entry is"
        f" told apart when its intervals over conversations and over seeds both exclude zero; {by_counts}"
        f" ([language_model](nbs/experiments/language_model.ipynb))."
    )


def other_text(name: str, title: str) -> str:
    "How the same search ends on less of another text."
    m = metrics(name)

    def mean(kind):
        return statistics.mean(r["test"] for r in m["rows"][kind])

    rival = min((k for k in m["changes"] if k != "kneser_ney"), key=mean)
    c, counts = m["changes"][rival], m["changes"]["kneser_ney"]
    return (
        f"{m['corpus']['tokens']['train']:,} tokens of {title} ours is at {mean('cvfp'):.1f} and the {m['titles'][rival]} at {mean(rival):.1f}:"
        f" {c['percent']:+.1f}% (95% over seeds {c['seeds_low']:+.1f} to {c['seeds_high']:+.1f}{'' if c['holds'] else '; not told apart'}),"
        f" {counts['percent']:+.1f}% against the counts"
    )


def asked_in_text(name: str, title: str) -> str:
    "Asking heads and turning heads in a language model, beside ours."
    from newllm.text.intervals import seed_change

    m = metrics(name)

    def mean(kind, part):
        return f"{statistics.mean(r[part] for r in m['rows'][kind]):.1f}"

    alone, mixed = (
        ", ".join(
            f"{title} {mean(kind, part)}"
            for title, kind in (("asking", "asking"), ("turning", "turning"), ("ours", "cvfp"))
        )
        for part in ("test", "test_mixed")
    )
    c = seed_change(*([r["test"] for r in m["rows"][kind]] for kind in ("asking", "turning")))
    twin = f"{c['percent']:+.1f}% (95% over seeds {c['seeds_low']:+.1f} to {c['seeds_high']:+.1f})"
    return (
        f"on {m['corpus']['tokens']['train']:,} tokens of {title} ({m['num_seeds']} seeds, {m['settings_tried']} settings"
        f" each) {alone}, asking against turning {twin}; mixed with the counts {mixed}"
    )


def adaptive_depth() -> str:
    "ASHEM where full depth gets below the counts."
    m = metrics("ashem_bpe4096")
    settings = len(m["search"]["phase 1"])

    def mean(row):
        return f"{statistics.mean(r['ppl'] for r in m['perplexity'][row]):.1f}"

    def against(claim):
        c = m["changes"][claim]
        apart = "" if c["holds"] else "; not told apart"
        return f"{c['percent']:+.1f}% ({c['documents_low']:+.1f} to {c['documents_high']:+.1f}{apart})"

    return (
        f"ASHEM does not win where depth is worth having: on {m['corpus']['tokens']['train']:,} tokens of dialogue"
        f" ({m['num_seeds']} seeds, every training at the best of {settings} rates; 95% over {m['conversations']} conversations) it is at"
        f" {mean('ASHEM, routed')} when routed, {against('routed against shallow')} against its shallow half and"
        f" {against('hard rows against random rows')} against a deep block trained on random rows, but"
        f" {against('routed against full depth at equal training compute')} against a full-depth model trained with as many"
        f" multiplications ({mean('full depth, equal training compute')}) and {against('routed against deep supervision, routed')} against exits"
        f" trained end to end by deep supervision and routed; counts of order {m['kneser_ney_order']}, chosen on other text, are at"
        f" {mean('Kneser-Ney, chosen order')}, full depth"
        f" {against('full depth at equal training compute against the counts')} against them ([ashem](nbs/experiments/ashem.ipynb))."
    )


def limits() -> str:
    "What the numbers do not say, from the runs' own files."
    f = metrics("feedback")
    best = max(f["gain_percent"].values(), key=lambda g: g["mean"])
    low, high = best["mean"] - best["half_width_95"], best["mean"] + best["half_width_95"]

    lines = [
        needed(),
        stories(),
        searched(),
        f"Searched alike on {other_text('language_model_shakespeare', 'Shakespeare')}; on {other_text('language_model_bible', 'the Bible')}.",
        f"Feedback from the context into its own update makes perplexity worse than a twin's without it"
        f" ({best['mean']:+.1f}%, 95% interval {low:+.1f} to {high:+.1f}, {f['seeds']} seeds), and heads that ask their state gain nothing over their twin:"
        f" {asked_in_text('language_model_asking', 'dialogue')}; {asked_in_text('language_model_asking_bible', 'the Bible')}."
        " There one scan is enough.",
        adaptive_depth(),
    ]
    return "\n".join(f"- {line}" for line in lines)


def results() -> str:
    "The first result beside its controls, and its limits."
    picture = f"![Networks that track a state, and networks that model dialogue, every seed]({FIGURE.relative_to(ROOT)})"
    return "\n\n".join([picture, state_tracking(), language_model(), limits()])


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
