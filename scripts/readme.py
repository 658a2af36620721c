"""Writes README.md from nbs/index.ipynb. `python scripts/readme.py` writes it, `--check` exits 1 when it is stale."""

import json
import re
import statistics
import sys
from pathlib import Path

import nbformat
from nbconvert import MarkdownExporter
from nbformat import NotebookNode

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
    "train": "optimizers, the loop, checkpoints, progress",
    "cvfp": "the networks with a context vector: layers, solvers, training, checks",
    "lego": "the Transformer in blocks: stages, hard examples, early exits",
    "runs": "an experiment as a folder: parameters, environment, results, sweeps, the command line",
    "panels": "what can be moved and looked at in a notebook",
    "experiments": "the experiments themselves, run by `newllm run`",
}


def pages() -> str:
    "A list of the chapters, each with its pages."
    rows = []
    folders = {
        p.relative_to(ROOT / "nbs").parent.as_posix().strip(".")
        for p in (ROOT / "nbs").rglob("*.ipynb")
        if ".ipynb_checkpoints" not in p.parts
    }
    if folders != set(CHAPTERS):
        raise SystemExit(f"scripts/readme.py has chapters {sorted(CHAPTERS)}, nbs/ has {sorted(folders)}")
    for folder, about in CHAPTERS.items():
        pattern = "[!_]*.ipynb" if folder == "experiments" else "[0-9]*.ipynb"
        found = sorted((ROOT / "nbs" / folder).glob(pattern))
        links = ", ".join(
            f"[{re.sub('^[0-9]+_', '', path.stem)}]({path.relative_to(ROOT)})" for path in found
        )
        place = f"nbs/{folder}" if folder else "nbs"
        rows.append(f"- [`{place}`]({place}): {about}. {links}")
    return "\n".join(rows)


def table(
    head: list[str],
    rows: list[list],  # cells; floats with one decimal, None empty
) -> str:
    "A markdown table."

    def cell(v):
        return "" if v is None else f"{v:.1f}" if isinstance(v, float) else str(v)

    return "\n".join("| " + " | ".join(map(cell, row)) + " |" for row in [head, ["---"] * len(head), *rows])


def main_job() -> str:
    "The main job's numbers beside their controls, from the metrics that its latest committed run left."
    m = metrics("cvfp")
    seen = "seen" if m["validation_text_seen_in_training"] else "not seen"
    checks = {
        name: m[key]["validation"]
        for name, key in (("after Phase 1", "checks"), ("untrained (control)", "checks_untrained"))
    }
    rank = [
        [
            name,
            100 * c["diversity"]["effective_rank_ratio"],
            100 * c["diversity"]["gaussian_ceiling"] / c["diversity"]["dim"],
            f"{c['fixed_point']['final_diff']:.2g}",
            100 * c["fixed_point"]["settled_ratio"],
        ]
        for name, c in checks.items()
    ]
    names = {
        "ours": "ours: contexts of Phase 1, frozen, and the readout of Phase 2",
        "ours, Phase 1 alone": "ours after Phase 1",
        "ours, fresh readout": "a fresh readout on our contexts",
        "untrained contexts": "a fresh readout on untrained contexts (control)",
        "no context": "a fresh readout without any context (control)",
    }
    scores = [
        [names.get(name, name), s["test_perplexity"], s.get("with_kneser_ney_3")]
        for name, s in sorted(m["perplexity"].items(), key=lambda kv: -kv[1]["test_perplexity"])
    ]
    tokens, p1 = m["corpus"]["tokens"], m["phase1"]
    return "\n\n".join(
        [
            (
                f"`newllm run cvfp` as it stands ({m['family']} family), one seed: {m['parameters']:,}"
                f" parameters, {tokens['train']:,} training tokens of {m['corpus']['source']}, {p1['steps']}"
                f" optimizer steps in Phase 1 ({p1['tokens_seen']:,} tokens seen), validation text {seen} in"
                " training, nothing in the run chosen on test text."
            ),
            table(
                [
                    "contexts on held-out text",
                    "effective rank %",
                    "Gaussian ceiling %",
                    "change in the last repeated pass",
                    "tokens at rest after 5 sweeps from zero %",
                ],
                rank,
            ),
            table(["next-token prediction", "test perplexity", "mixed with Kneser-Ney 3"], scores),
            (
                "`-p family recorded` runs the method as it was recorded. [The recorded"
                " claims](nbs/experiments/recorded.ipynb) puts each of them beside the same control."
            ),
        ]
    )


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


def fixed_point() -> str:
    "The fixed point and the rank of each network, over seeds."
    m = metrics("fixed_point")
    names = {
        "recorded untrained": "recorded, untrained (control)",
        "recorded w 0.9": "recorded, after its Phase 1",
        "ours untrained": "leaky, untrained (control)",
        "ours no feedback": "leaky, after joint Phase 1",
        "ours ring": "the same with feedback",
    }
    rows = [
        [
            shown,
            spread([d["rank"]["percent"] for d in m["networks"][n]]),
            spread([100 * d["sweeps"][4]["settled"] for d in m["networks"][n]]),
            f"{max(d['sweeps'][7]['error'] for d in m['networks'][n]):.0e}",
            spread([d["token_cosine"] for d in m["networks"][n]], 2),
        ]
        for n, shown in names.items()
    ]
    return table(
        [
            f"contexts of width 128 on held-out text, {m['num_seeds']} seeds",
            "effective rank %",
            "tokens at rest after 5 sweeps %",
            "largest error after 8 sweeps",
            "cosine of different tokens",
        ],
        rows,
    )


def language_model() -> str:
    "Test perplexity of every row, over seeds."
    m = metrics("language_model")

    def column(n, key):
        return [r[key] for r in m["seeds"][n]]

    rows = [
        [
            f"**{n}**" if n == "joint Phase 1" else n,
            spread(column(n, "test")),
            None if "Kneser" in n or n == "unigram" else spread(column(n, "test_mixed")),
        ]
        for n in sorted(m["seeds"], key=lambda n: statistics.mean(column(n, "test")))
    ]
    return table(
        [
            f"{m['corpus']['tokens']['train']:,} training tokens, {m['num_seeds']} seeds",
            "test perplexity",
            "mixed with Kneser-Ney 3",
        ],
        rows,
    )


def behind() -> str:
    "How far ours is from the best network and the best counts, on both splits."

    def off(ratio):
        return f"{100 * abs(ratio - 1):.1f}% {'above' if ratio > 1 else 'below'}"

    def said(name):
        return (
            f"{off(metrics(name)['joint_over_gru'])} the GRU and"
            f" {off(metrics(name)['joint_over_kneser_ney'])} Kneser-Ney 3"
        )

    return (
        f"Ours is {said('language_model')}. More designs were tried of ours than of the GRU on this split; on"
        f" one that no choice has seen it is {said('language_model_split2')}. [The"
        " page](nbs/experiments/language_model.ipynb) says how it was chosen."
    )


def adaptive() -> str:
    "Routed perplexity of ASHEM beside its controls, over seeds."
    shown = {
        "shallow, 2 layers": "shallow alone, half of the layers",
        "ASHEM, routed": "ASHEM, routed, three quarters of the layers",
        "random subset, routed": "the same trained on random rows",
        "LayerSkip style, routed": "LayerSkip style, routed alike",
        "full depth, equal training compute": "full depth, as much training",
        "Kneser-Ney 3": "Kneser-Ney 3",
    }
    settings, found = (
        {
            "ashem_bytes": "bytes",
            "ashem_bpe4096": "4,096 BPE tokens",
        },
        lambda name, row: metrics(name)["perplexity"][row],
    )

    def cell(name, row):
        return spread([r["ppl"] for r in found(name, row)], 2) + (
            " (1 seed)" if len(found(name, row)) == 1 and "Kneser" not in row else ""
        )

    rows = [
        [
            label,
            f"{metrics(name)['corpus']['tokens']['train']:,}",
            *(cell(name, row) for row in shown),
            spread([r["compute_cost"] for r in found(name, "ASHEM, routed, blended")], 2),
        ]
        for name, label in settings.items()
    ]
    lead = (
        "In the second family deeper blocks learn only what the shallow ones find hard, and only such tokens"
        f" go through them. Test perplexity, {metrics('ashem_bytes')['num_seeds']} seeds; the last column is"
        " what routing costs of full depth when the head is counted, which the largest probability asks once"
        " more: layers are saved in both settings, multiplications only where the vocabulary is small."
    )
    return f"{lead}\n\n{table(['', 'training tokens', *shown.values(), 'multiplications of ASHEM, routed, over full depth'], rows)}"


def results() -> str:
    "The experiments' numbers beside their controls."
    f = metrics("feedback")
    best = max(f["gain_percent"], key=lambda k: f["gain_percent"][k]["mean"])
    g = f["gain_percent"][best]
    verdict = (
        f"Feedback into the candidate ({', '.join(f['gain_percent'])}), against a twin of as many parameters"
        f" without it, is worth at best {g['mean']:+.1f}% (95% interval {g['mean'] - g['half_width_95']:+.1f}"
        f" to {g['mean'] + g['half_width_95']:+.1f}, {f['seeds']} seeds)"
    )
    lead = (
        "The layer that works is made of leaky integrators, which a scan solves exactly; its joint Phase 1"
        " trains them to predict the next token and to stay diverse at once, and freezes them when it ends."
        " Everything is measured on held-out dialogue, with frozen weights."
    )
    return "\n\n".join(
        [
            lead,
            fixed_point(),
            language_model(),
            behind(),
            verdict
            + (": the iteration earns its place." if f["earned"] else ": no claim is made for the iteration.")
            + " [All results](nbs/results.ipynb) come from the runs' own files.",
            adaptive(),
            main_job(),
        ]
    )


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
    elif not path.is_file() or path.read_text(encoding="utf-8") != text:
        raise SystemExit("README.md is stale: run `python scripts/readme.py`")
