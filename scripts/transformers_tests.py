"""transformers' own common tests on both of the package's model classes, counted.

    pip install pytest parameterized accelerate                # which transformers' tests import
    python scripts/transformers_tests.py                       # gets the tests of the installed version through pip
    python scripts/transformers_tests.py --sdist transformers-5.24.0.tar.gz
    python scripts/transformers_tests.py --source FOLDER       # a checkout of transformers at the same version
    python scripts/transformers_tests.py -k save_load --no-write

The tests are in transformers' source distribution and not in its wheel. What the source distribution lacks is named in the
result (`missing`): it has the files of tests/ itself and none of its folders. A checkout has those too, and they are run then.

A test counts as passed, failed, skipped (by transformers, with its words), excluded (by us, with our reason), or as having
nothing to check (it passes because it finds nothing to look at). An excluded test is run as well and must fail: one that
passes is an error, as a failed one is, and so is an excluded one that does not exist. Exits with 1 after any of them; otherwise
the counts and reasons go to nbs/hub/transformers_tests.json, which nbs/hub/06_common_tests shows.
"""

import argparse
import contextlib
import importlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import traceback
import unittest
import warnings
from collections.abc import Iterator
from pathlib import Path

RESULT = Path(__file__).parent.parent / "nbs" / "hub" / "transformers_tests.json"
# what the tests import from folders that a source distribution does not have, and what stands for it there: nothing
ELSEWHERE = {
    "tests/generation/test_utils.py": ("GenerationTesterMixin", "class GenerationTesterMixin:\n    pass\n"),
    "tests/exporters/test_export.py": ("ExportTesterMixin", "class ExportTesterMixin:\n    pass\n"),
    "tests/utils/test_configuration_utils.py": ("config_common_kwargs", "config_common_kwargs = {}\n"),
}

BUILT = "from_pretrained refuses a folder that lacks weights, so none are drawn again after a model was built"
EXCLUDED: dict[str, dict[str, str]] = {  # family or "both" -> test -> why it cannot apply
    "both": {
        "test_can_init_all_missing_weights": BUILT,
        "test_model_weights_reload_no_missing_tied_weights": BUILT,
    },
    "context": {"test_init_weights_can_init_buffers": BUILT},
    "blocks": {
        "test_bc_cache_name_forward": "the cache is taken by its old name too, without a warning: transformers 5.0 has"
        " no other name",
    },
}
# `has_attentions = False` below makes transformers skip these; they are counted as excluded
NO_ATTENTIONS = re.compile(r"does not (support|output) (attentions|output_attentions)")
WHY_NO_ATTENTIONS = (
    "no attention weights are given, and attn_implementation chooses nothing: the context model has no attention, the"
    " blocks have one implementation"
)
# a test that passes because it finds nothing to look at is not counted as passed: pattern -> what is not there
NO_METHOD = "the models read text only"
EMPTY: dict[str, dict[str, str]] = {
    "both": {
        "get_(text|image|audio|video)_features": NO_METHOD,
        "gradient_checkpointing": "activations are not recomputed: supports_gradient_checkpointing is False",
        "problem_types|mismatched_shapes": "it looks at classes for classification only",
        "base_model_prefix_loads|correct_missing_keys|inputs_embeds_matches": "there is no class for a model without"
        " its readout",
        "keys_to_ignore_on_save|format_of_can_record_outputs|tied_weights_are_sharded": "the class attribute that it"
        " checks is not set",
    },
    "context": {"resize_embeddings_untied": "the softmax reads the embedding: there is no layer of its own"},
    "blocks": {"tied_weights_keys": "heads and embedding are not tied"},
}


def fetched(folder: Path) -> Path:
    "The source distribution of the installed version, got by pip."
    import transformers

    command = "download --no-deps --no-binary :all: --no-build-isolation --quiet --dest".split()
    wanted = f"transformers=={transformers.__version__}"
    done = subprocess.run(
        [sys.executable, "-m", "pip", *command, str(folder), wanted], capture_output=True, text=True
    )
    found = list(folder.glob("transformers-*.tar.gz"))
    if done.returncode or not found:
        raise SystemExit(
            f"pip could not get the source of {wanted}; give --sdist FILE\n{done.stderr[-2000:]}"
        )
    return found[0]


def laid_out(source: Path, folder: Path) -> list[str]:
    "Makes `tests` importable from `folder`; gives the mixins that the source lacks, which are empty there."
    import transformers

    if source.is_dir():
        if not (source / "tests" / "test_modeling_common.py").is_file():
            raise SystemExit(f"--source {source} has no tests/test_modeling_common.py")
        said = re.search(
            r'__version__ = "(.+)"', (source / "src/transformers/__init__.py").read_text(encoding="utf-8")
        )
        version = said[1] if said else "unknown"
        (folder / "tests").symlink_to((source / "tests").resolve())
    else:
        version = source.name.removeprefix("transformers-").removesuffix(".tar.gz")
        with tarfile.open(source) as archive:
            top = f"transformers-{version}/"
            members = [m for m in archive.getmembers() if m.name.startswith(f"{top}tests/")]
            for m in members:
                m.name = m.name.removeprefix(top)
            archive.extractall(folder, members, filter="data")
    if version != transformers.__version__:
        raise SystemExit(f"{source} is transformers {version}, but {transformers.__version__} is installed")
    missing = []
    for path, (name, empty) in ELSEWHERE.items():
        file = folder / path
        if not file.exists():
            missing.append(name)
            file.parent.mkdir(exist_ok=True)
            file.write_text(empty, encoding="utf-8")
    (folder / "tests" / "__init__.py").touch()
    return missing


class ModelTester:
    "A small model and a batch for it, by the names that transformers' tests ask for."

    batch_size, seq_length, vocab_size, is_training = 3, 7, 99, True

    def __init__(self, parent, config_class, model_class, **entries):
        self.parent, self.config_class, self.model_class = parent, config_class, model_class
        self.causal_lm_class = model_class
        self.entries = entries
        config = self.get_config()
        self.hidden_size, self.num_hidden_layers = config.hidden_size, config.num_hidden_layers

    def get_config(self):
        return self.config_class(vocab_size=self.vocab_size, pad_token_id=0, **self.entries)

    def prepare_config_and_inputs_for_common(self):
        common = importlib.import_module("tests.test_modeling_common")
        shape = [self.batch_size, self.seq_length]
        # 0 is the padding
        ids = 1 + common.ids_tensor(shape, self.vocab_size - 1)
        return self.get_config(), {"input_ids": ids, "attention_mask": common.random_attention_mask(shape)}


def test_classes() -> dict[str, type[unittest.TestCase]]:
    "One class of tests for each family."
    from tests.generation.test_utils import GenerationTesterMixin
    from tests.test_configuration_common import ConfigTester
    from tests.test_modeling_common import ModelTesterMixin
    from tests.test_training_mixin import TrainingTesterMixin
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    from newllm.hub.block_model import BlocksConfig, BlocksForCausalLM
    from newllm.hub.context_model import ContextConfig, ContextForCausalLM

    small = dict(context_dim=32, embed_dim=32, hidden_dim=64, readout_window=2, mlp_dim=48, readout_dim=32)
    families = {
        "context": (ContextConfig, ContextForCausalLM, dict(model=small)),
        "blocks": (BlocksConfig, BlocksForCausalLM, dict()),
    }

    # by these names transformers' tests find the classes that get labels
    for config_class, model_class, _ in families.values():
        MODEL_FOR_CAUSAL_LM_MAPPING_NAMES[config_class.model_type] = model_class.__name__

    def made(name: str, config_class, model_class, entries: dict) -> type[unittest.TestCase]:
        class CommonTests(ModelTesterMixin, GenerationTesterMixin, TrainingTesterMixin, unittest.TestCase):
            model_tester = None
            all_model_classes = (model_class,)
            has_attentions = False
            test_can_init_all_missing_weights_before_2023 = True  # else skipped as an old model's

            def setUp(self):
                self.model_tester = ModelTester(self, config_class, model_class, **entries)
                own = {} if name == "blocks" else dict(common_properties=["hidden_size", "num_hidden_layers"])
                self.config_tester = ConfigTester(self, config_class=config_class, **own, **entries)

            def test_config(self):
                "All of `ConfigTester`, as each of transformers' own models calls it."
                self.config_tester.run_common_tests()

        CommonTests.__name__ = CommonTests.__qualname__ = f"{name.capitalize()}Tests"
        return CommonTests

    return {name: made(name, *family) for name, family in families.items()}


STATES = ("passed", "failed", "skipped", "excluded", "excluded but passes", "nothing to check")


class Recorded(unittest.TestResult):
    "What became of each test."

    def __init__(self):
        super().__init__()
        self.found: dict[str, tuple[str, str]] = {}  # test -> (state, words)

    def note(self, test, state: str, words: str) -> None:
        "The worst of a test's subtests counts."
        name = getattr(test, "test_case", test)._testMethodName
        order = ("passed", "skipped", "failed")
        if order.index(state) >= order.index(self.found.get(name, ("passed", ""))[0]):
            self.found[name] = state, words

    def addSuccess(self, test):
        self.note(test, "passed", "")

    def addSkip(self, test, reason):
        self.note(test, "skipped", " ".join(reason.split()))

    def addFailure(self, test, err):
        self.note(test, "failed", "".join(traceback.format_exception(*err)))

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.addFailure(test, err)

    def addExpectedFailure(self, test, err):
        self.addFailure(test, err)


@contextlib.contextmanager
def quiet() -> Iterator[io.StringIO]:
    "What tests print is kept for the failed ones."
    text = io.StringIO()
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield text


def counted(
    family: str, case: type[unittest.TestCase], pattern: str, missing: list[str]
) -> dict[str, dict[str, str]]:
    "Runs a family's tests. State -> test -> reason, or what went wrong."
    every = unittest.TestLoader().getTestCaseNames(case)
    why = EXCLUDED["both"] | EXCLUDED[family]
    out: dict[str, dict[str, str]] = {state: {} for state in STATES}
    for name in sorted(why.keys() - set(every)):
        out["failed"][name] = "it is among the excluded, but there is no such test"
    for name in every:
        if not re.search(pattern, name):
            continue
        result = Recorded()
        with quiet():
            case(name).run(result)
        state, words = result.found[name]
        if (
            name == "test_generation_tester_mixin_inheritance"
            and "GenerationTesterMixin" in missing
            and state == "passed"
        ):
            state, words = "nothing to check", "GenerationTesterMixin is not there"
        empty = [w for p, w in (EMPTY["both"] | EMPTY[family]).items() if re.search(p, name)]
        if name in why:
            state, words = "excluded" if state == "failed" else "excluded but passes", why[name]
        elif state == "skipped" and NO_ATTENTIONS.search(words):
            state, words = "excluded", WHY_NO_ATTENTIONS
        elif state == "passed" and empty:
            state, words = "nothing to check", empty[0]
        out[state][name] = words
        print(f"{family} {name}: {state}", flush=True)
    return out


def written(
    families: dict[str, dict[str, dict[str, str]]], version: str, source: str, missing: list[str]
) -> dict:
    "What the page shows: counts, and each reason with the tests that it holds for."
    reasons: dict[str, dict[str, dict[str, list[str]]]] = {
        s: {} for s in ("excluded", "nothing to check", "skipped")
    }
    for state, found in reasons.items():
        for family, result in families.items():
            for test, words in result[state].items():
                words = re.sub(r"(Context|Blocks)ForCausalLM( class)?|<class '.*'>", "the class", words)
                found.setdefault(words, {}).setdefault(family, []).append(test)
    counts = {
        family: {state: len(tests) for state, tests in found.items()} for family, found in families.items()
    }
    return dict(transformers=version, source=source, missing=missing, counts=counts, reasons=reasons)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--sdist", type=Path, help="transformers-VERSION.tar.gz; default: got by pip")
    where.add_argument("--source", type=Path, help="a checkout of transformers at the installed version")
    parser.add_argument(
        "-k", default="", metavar="PATTERN", help="only tests whose name matches; writes nothing"
    )
    parser.add_argument("--no-write", action="store_true", help=f"leave {RESULT.name} as it is")
    args = parser.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import transformers

    with tempfile.TemporaryDirectory() as d:
        folder = Path(d)
        missing = laid_out(args.source or args.sdist or fetched(folder), folder)
        sys.path.insert(0, d)
        try:
            families = {name: counted(name, case, args.k, missing) for name, case in test_classes().items()}
        finally:
            sys.path.remove(d)
    bad = 0
    for family, found in families.items():
        print(f"{family}: {', '.join(f'{len(tests)} {state}' for state, tests in found.items())}")
        for state in ("failed", "excluded but passes"):
            for test, words in found[state].items():
                print(f"  {state}: {test}\n    {words}")
                bad += 1
    if missing:
        print(f"not run, for it is not there: {', '.join(missing)}")
    if not (args.k or args.no_write or bad):
        source = "a checkout" if args.source else "the source distribution"
        record = written(families, transformers.__version__, source, missing)
        RESULT.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
