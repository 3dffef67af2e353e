"""Practice problems: sampled, proved, on sheets with their keys.

from problems import sample, sheet
posed = sample("backprop", seed=1, level="easy")
paper = sheet(["backprop", "cnn-shapes"], count=10, seed=42)
paper.to_text(), paper.key.to_text()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .practice import sample, sheet
    from .sheet import Sheet

__all__ = ["Sheet", "sample", "sheet"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'problems' has no attribute '{name}'")
    from importlib import import_module

    # `sheet` is a function here, and the module of that name stays out of its way
    return getattr(import_module(".sheet" if name == "Sheet" else ".practice", __name__), name)
