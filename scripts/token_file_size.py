"""Makes a text of as many tokens as asked for, builds its token file, reads it in windows, and prints speed and peak memory.

    python scripts/token_file_size.py FOLDER 2e6 2e7      # each size in a folder of its own, each step in a process of its own
    python scripts/token_file_size.py FOLDER 1e8 --keep   # what was measured goes to nbs/results

The text is dialogue of the package chitchat-dataset, its messages drawn anew into conversations, as jsonl. A step that was
stopped goes on when the same command is given again.
"""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

RESULTS = Path(__file__).resolve().parents[1] / "nbs" / "results" / "token_file_size.json"
FOUR = 4.0  # characters a token: about what a vocabulary of 4,096 needs for this text
STREAMS, WINDOW = 64, 512  # of the reading


def memory(kind: str) -> float:
    "VmHWM: peak; RssAnon: now, without the pages of mapped files. In MB."
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:")) / 1024


def kept(folder: Path, **figures: float) -> None:
    "Adds figures to those of the other steps."
    file = folder / "figures.json"
    before = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    file.write_text(json.dumps(before | figures, indent=1) + "\n", encoding="utf-8")


def make_text(folder: Path, tokens: float) -> None:
    "The tokenizer and text.jsonl, unless they are there."
    from datasets import Dataset

    from newllm.config import DataConfig
    from newllm.text.sources import SOURCES
    from newllm.text.tokenizers import fit_tokenizer, save_tokenizer

    chats = SOURCES["chitchat"](DataConfig())["messages"]
    if not (folder / "tokenizer").is_dir():
        rows = Dataset.from_dict({"messages": chats[:1000]})
        fitted = fit_tokenizer(DataConfig(num_train_tokens=50_000, vocab_size=4096), rows, list(range(1000)))
        save_tokenizer(fitted, folder / "tokenizer")
    if (folder / "text.jsonl").is_file():
        return
    messages = [m for c in chats for m in c if m.strip()]
    draw, left = random.Random(0), FOUR * tokens
    with open(folder / "text.part", "w", encoding="utf-8") as file:
        while left > 0:
            chat = draw.choices(messages, k=6)
            left -= sum(map(len, chat)) + 6 * FOUR
            rows = [{"role": ("user", "assistant")[i % 2], "content": m} for i, m in enumerate(chat)]
            file.write(json.dumps({"messages": rows}) + "\n")
    (folder / "text.part").rename(folder / "text.jsonl")


def build(folder: Path, tokens: float) -> None:
    "The token file."
    from newllm.text.token_build import build_token_file
    from newllm.text.token_plan import file_records
    from newllm.text.tokenizers import load_tokenizer
    from newllm.train.progress import Progress

    tokenizer, begun = load_tokenizer(folder / "tokenizer"), time.monotonic()
    before, bar = memory("VmHWM"), Progress(min_seconds=5)
    made = build_token_file(
        folder / "tokens", file_records(folder / "text.jsonl"), tokenizer, "text.jsonl", on_step=bar
    )
    bar.close()
    seconds, found = time.monotonic() - begun, sum(made.index["tokens"].values())
    kept(
        folder,
        tokens=found,
        build_seconds=seconds,
        build_peak_mb=memory("VmHWM"),
        before_first_token_mb=before,
    )
    print(
        f"built: {found:,} tokens in {seconds:.0f} s, {found / seconds:,.0f} tokens a second; peak memory"
        f" {memory('VmHWM'):.0f} MB ({before:.0f} MB before the first token)"
    )


def read(folder: Path, tokens: float) -> None:
    "One epoch of windows."
    from newllm.config import JointConfig
    from newllm.text.token_file import open_token_file
    from newllm.text.windows import carried_windows

    ids, before = open_token_file(folder / "tokens").tokens("train"), memory("RssAnon")
    begun, total = time.monotonic(), 0
    for x, _, _ in carried_windows(ids, JointConfig(num_streams=STREAMS, window=WINDOW, epochs=1)):
        total += x.numel()
    seconds, own = time.monotonic() - begun, memory("RssAnon") - before
    kept(folder, tokens_read=total, read_own_mb=own)
    print(
        f"read: {total:,} tokens, {total / seconds:,.0f} a second; memory of its own {own:+.1f} MB,"
        f" peak with the mapped file {memory('VmHWM'):.0f} MB"
    )


STEPS = {"make": make_text, "build": build, "read": read}


def main() -> None:
    folder, *sizes = sys.argv[1:]
    if sizes and sizes[0] in STEPS:
        STEPS[sizes[0]](Path(folder), float(sizes[1]))
        return
    keep = "--keep" in sizes
    sizes = [size for size in sizes if size != "--keep"]
    for size in sizes:
        place = Path(folder) / f"{float(size):.0f}"
        place.mkdir(parents=True, exist_ok=True)
        for step in STEPS:
            subprocess.run([sys.executable, __file__, str(place), step, size], check=True)
    if keep:
        figures = [
            json.loads((Path(folder) / f"{float(s):.0f}" / "figures.json").read_text("utf-8")) for s in sizes
        ]
        RESULTS.write_text(json.dumps({"sizes": figures}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
