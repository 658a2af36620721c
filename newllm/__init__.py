__version__ = "0.2.0"

# loaded when first asked for: `newllm list` should not wait for torch
_homes = {
    "ConfigError": "config",
    "Config": "cvfp.config",
    "LeakyLLM": "cvfp.leaky",
    "LeakyConfig": "cvfp.leaky_config",
    "NewLLM": "cvfp.recorded",
    "LegoConfig": "lego.config",
    "preset": "families",
    "load_model": "loader",
    "Run": "runs.run", "latest": "runs.run", "run_experiment": "runs.launch", "start_run": "runs.run",
    "load_corpus": "text.corpus",
}
__all__ = list(_homes)


def __getattr__(name: str):
    "The public names, from the modules that define them."
    if name not in _homes: raise AttributeError(f"module 'newllm' has no attribute {name!r}")
    from importlib import import_module
    return getattr(import_module(f"newllm.{_homes[name]}"), name)


from newllm.hub.registered import register_when_loaded  # needs neither torch nor transformers

register_when_loaded()


def main() -> None:
    "The command line. Ctrl-C while it is still loading ends it in a word, as later."
    try:
        from newllm.runs.cli import main as run
    except KeyboardInterrupt:
        raise SystemExit("Aborted!") from None
    run()
