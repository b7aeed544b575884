"""The build hook: a wheel, standard or editable, carries the user interface, built only when it is stale."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _load(root: str) -> ModuleType:
    """`web/build.py`, loaded by path: the build runs where this project is not installed."""
    spec = importlib.util.spec_from_file_location("headwater_web_build", Path(root, "web", "build.py"))
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"{root}/web/build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class UserInterfaceHook(BuildHookInterface):
    """What hatchling finds in this file and calls for every wheel."""

    def dependencies(self) -> list[str]:
        """Node, only when there is something to build: it is a large download."""
        build = _load(self.root)
        return [build.NODE_PACKAGE] if build.is_stale() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before hatchling collects the files; a failure stops the wheel."""
        if version == "standard":  # /docs/errors renders it; an editable install reads it where it is
            build_data["force_include"][f"{self.root}/docs/errors.md"] = "headwater/web/errors.md"
        build = _load(self.root)
        if build.is_stale():
            self.app.display_info("Building the user interface.")
            build.build()
        else:
            self.app.display_info("The user interface is up to date, absent, or skipped.")
