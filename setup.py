"""Puts the pages into the wheel. `nbs/` is their only source: they are copied while a wheel is built, and never into the tree."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
LEFT_OUT = shutil.ignore_patterns(".*", "_*", "*.yml")


class BuildWithPages(build_py):
    "Copies the modules, and beside them the pages as `newllm/_pages`; an editable install reads `nbs/` itself."

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        pages = Path(self.build_lib) / "newllm" / "_pages"
        shutil.rmtree(pages, ignore_errors=True)  # an earlier build may have left pages of other names
        shutil.copytree(HERE / "nbs", pages, ignore=LEFT_OUT)


setup(cmdclass={"build_py": BuildWithPages})
