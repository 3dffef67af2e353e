"""Practice problems: sampled, proved, on sheets with their keys.

from problems import practice_sheet, sample
posed = sample("backprop", seed=1, level="easy")
paper = practice_sheet(["backprop", "cnn-shapes"], count=10, seed=42)
paper.to_text(), paper.key.to_text()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .practice import practice_sheet, sample
    from .sheet import Sheet

__all__ = ["Sheet", "practice_sheet", "sample"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'problems' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(".sheet" if name == "Sheet" else ".practice", __name__), name)
