"""dlsolve: deep-learning exam problems worked line by line, every number checked.

    from solver import load, solve
    solution = solve(load("net.yaml"))

`load`, `loads`, `solve`, `Problem` and `DlsolveError` are the public surface; nothing else is promised.
Loading this package loads neither SymPy nor NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import Problem, load, loads, solve
    from .errors import DlsolveError
    from .version import __version__

__all__ = ["DlsolveError", "Problem", "__version__", "load", "loads", "solve"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'solver' has no attribute '{name}'")
    from importlib import import_module

    home = {"DlsolveError": ".errors", "__version__": ".version"}.get(name, ".api")
    return getattr(import_module(home, __name__), name)
