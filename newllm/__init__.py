__version__ = "0.1.0"

# loaded when first asked for: `newllm list` should not wait for torch
_homes = {"Config": "config", "ConfigError": "config", "preset": "config", "LegoConfig": "lego_config", "lego_preset": "lego_config",
          "LeakyConfig": "leaky_config", "leaky_preset": "leaky_config",
          "load_corpus": "data", "LeakyLLM": "leaky", "load_model": "leaky", "NewLLM": "model", "Run": "runs", "latest": "runs", "run_experiment": "runs", "start_run": "runs"}
__all__ = list(_homes)


def __getattr__(name: str):
    "The public names, from the modules that define them."
    if name not in _homes: raise AttributeError(f"module 'newllm' has no attribute {name!r}")
    from importlib import import_module
    return getattr(import_module(f"newllm.{_homes[name]}"), name)
