"""Fails when a ratio of processor times is half as much again as it was recorded: `python scripts/check_speed.py`.

`--record` writes `.ci/speed.json` anew. Each ratio is that of two pieces of work that take turns in this
process; the best of three tries counts, because other work on the machine only makes them worse.
"""

import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path

import torch

from newllm.comparison import build_network, train_network
from newllm.cvfp.joint_terms import covariance_term, diversity_terms, mean_term, variance_term
from newllm.cvfp.leaky import LeakyLLM
from newllm.cvfp.solvers import SWEEPS, sequential
from newllm.families import preset
from newllm.train.timing import in_turn, ratio

RECORD = Path(__file__).resolve().parents[1] / ".ci" / "speed.json"
ALLOWED = 1.5  # times the recorded ratio
TRIES = 3
ROUNDS = 5
V = 2048  # entries of the vocabulary
Pair = tuple[Callable[[], object], Callable[[], object]]


def training_step() -> Pair:
    "Five steps of ours, and of the GRU."
    config = preset("small")
    joint = dataclasses.replace(config.joint, epochs=1, optimizer="adamw")
    ids = torch.randint(V, (joint.num_streams * (5 * joint.window + 18),))
    ours = build_network("cvfp", config, V, config.model.hidden_dim, 0.0)
    gru = build_network("gru", config, V, config.baselines.gru_dim, 0.0)
    return (lambda: train_network(ours, ids, joint, config), lambda: train_network(gru, ids, joint, config))


def diversity() -> Pair:
    "The three terms at once with their gradient, and one by one."
    config = preset("small")
    weights = config.joint
    contexts = torch.randn(1024, config.model.context_dim, requires_grad=True)

    def one_by_one() -> torch.Tensor:
        return (
            weights.variance_weight * variance_term(contexts)
            + weights.covariance_weight * covariance_term(contexts)
            + weights.mean_weight * mean_term(contexts)
        )

    return (
        lambda: torch.autograd.grad(diversity_terms(contexts, weights), contexts),
        lambda: torch.autograd.grad(one_by_one(), contexts),
    )


def layer_of(width: int, tokens: int) -> tuple[LeakyLLM, torch.Tensor, torch.Tensor]:
    "A network without feedback, what its layer reads, and the start."
    config = preset("small", context_dim=width, hidden_dim=2 * width)
    model = LeakyLLM(config.model, V).eval().requires_grad_(False)
    return model, model.layer.read(model.embed(torch.randint(V, (tokens,))))[None], model.start_context()


def scan() -> Pair:
    "A scan over 1,024 tokens, and one token after the other."
    model, x, zero = layer_of(128, 1024)
    guess = x.new_zeros(1, x.shape[1], zero.shape[1])
    return lambda: SWEEPS["scan"](model.layer, guess, x, zero), lambda: sequential(model.layer, x, zero)


def streams() -> Pair:
    "32 streams of 32 tokens, and one of 1,024."
    model, x, zero = layer_of(128, 1024)
    cut = x.view(32, 32, -1)
    return lambda: sequential(model.layer, cut, zero.expand(32, -1)), lambda: sequential(model.layer, x, zero)


def one_more_token() -> Pair:
    "32 tokens of generation, their own products known, and the matrix-vector products without which there are none."
    model = LeakyLLM(preset("small").model, V).eval().requires_grad_(False)
    score = model.scorer()
    matrices = [w for w in model.parameters() if w.dim() == 2]
    vectors = [torch.randn(1, w.shape[1]) for w in matrices]

    @torch.inference_mode()
    def tokens() -> None:
        context, newest = model.start_context(), [0, 1]
        for _ in range(32):
            context, logits = score(context, [newest])
            newest = [newest[-1], int(logits.argmax())]

    @torch.inference_mode()
    def products() -> None:
        for _ in range(32):
            for vector, matrix in zip(vectors, matrices):
                torch.nn.functional.linear(vector, matrix)

    return tokens, products


PAIRS = {f.__name__: f for f in (training_step, diversity, scan, streams, one_more_token)}


def measured(pair: Pair) -> float:
    "The ratio of the two, the best of some tries."
    works = dict(zip(("here", "beside"), pair))
    return min(ratio(in_turn(works, ROUNDS), "here", "beside")[0] for _ in range(TRIES))


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    found = {name: measured(make()) for name, make in PAIRS.items()}
    if "--record" in sys.argv:
        RECORD.write_text(
            json.dumps({name: round(value, 4) for name, value in found.items()}, indent=1) + "\n"
        )
    recorded = json.loads(RECORD.read_text())
    slower = []
    for name, value in found.items():
        print(f"{name}: {value:.3f}, recorded {recorded[name]:.3f}")
        if value > ALLOWED * recorded[name]:
            slower.append(name)
    if slower:
        raise SystemExit(f"slower than recorded by half and more: {', '.join(slower)}")
    print("ok    speed: no ratio is half as much again as recorded")


if __name__ == "__main__":
    main()
