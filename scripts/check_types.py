"""Checks types with mypy. `python scripts/check_types.py` fails when a folder of the package has more findings than LIMITS allows; a limit only falls."""

import collections
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMITS: dict[str, int] = {  # findings in each folder; "" holds the modules beside __init__.py
    "": 0,
    "cvfp": 0,
    "lego": 0,
    "panels": 0,
    "plots": 0,
    "runs": 4,
    "text": 1,
    "train": 0,
}


def findings() -> collections.Counter[str]:
    "How many findings mypy has in each folder."
    command = [sys.executable, "-m", "mypy", "newllm"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode not in (0, 1):
        raise SystemExit(ran.stdout + ran.stderr)
    if "-v" in sys.argv:
        print(ran.stdout)
    return collections.Counter(
        re.findall(r"^newllm/(?:(\w+)/)?\w+\.py:\d+: error:", ran.stdout, re.MULTILINE)
    )


def main() -> None:
    found = findings()
    above = [name for name in found if found[name] > LIMITS.get(name, 0)]
    for name in sorted({*found, *LIMITS}):
        limit = LIMITS.get(name, 0)
        what = "above" if name in above else "below, lower it" if found[name] < limit else "at"
        print(f"newllm/{name}: {found[name]} findings, {what} the limit of {limit}")
    if above:
        raise SystemExit("new findings: run `python scripts/check_types.py -v`")
    print(f"ok    types: {found.total()} findings, none more than allowed")


if __name__ == "__main__":
    main()
