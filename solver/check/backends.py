"""The array libraries that a working can be proved against."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy
from msgspec import Struct

from ..errors import Unavailable

ROUNDING = 8 * 2.0**-52  # what a few operations in double precision may be off, relative to their operands
INSTALL_CUDA = 'pip install "dlsolve[cuda]"'


def backend(name: str) -> tuple[Any, Any]:
    """The array API namespace and the device of a backend, 'numpy' or 'cupy'.

    A device of None is the library's current one. Raises Unavailable for another name, and for 'cupy'
    where CuPy is not installed or finds no GPU.
    """
    if name == "numpy":
        return numpy, None
    if name == "cupy":
        return _cupy(), None
    raise Unavailable(f"backend {name!r} is not known; choose numpy or cupy")


def _cupy() -> Any:
    try:
        xp = import_module("array_api_compat.cupy")
        devices = xp.cuda.runtime.getDeviceCount()
    except ImportError as error:
        raise Unavailable(f"backend cupy needs CuPy ({error}); install it with: {INSTALL_CUDA}") from error
    except RuntimeError as error:
        raise Unavailable(_no_device(str(error))) from error
    if devices == 0:
        raise Unavailable(_no_device("0 devices"))
    return xp


def _no_device(found: str) -> str:
    return (
        f"backend cupy needs an NVIDIA GPU and its driver, and found none ({found}); "
        f"on a machine with a GPU install it with: {INSTALL_CUDA}; here use --backend numpy"
    )


class Arrays(Struct, frozen=True):
    """An array API namespace together with the device its arrays live on."""

    xp: Any
    device: Any

    def place(self, values: Any) -> Any:
        """NumPy values as an array on the device."""
        chosen = {} if self.device is None else {"device": self.device}
        return self.xp.asarray(values, **chosen)

    def zeros(self, *shape: int) -> Any:
        """Zeros on the device, in double precision."""
        return self.place(numpy.zeros(shape))


def settled(xp: Any, value: Any, size: Any) -> Any:
    """0 where a value is rounding alone, for a sum whose terms are of the size given.

    Without it 0.3 - 0.1 - 0.2 is -3e-17, and a neuron that stands on its kink is taken for one below it.
    """
    return xp.where(xp.abs(value) <= ROUNDING * size, xp.zeros_like(value), value)


def shaken(count: int, turn: int) -> numpy.ndarray[Any, Any]:
    """As many signs, 1.0 or -1.0, another irregular pattern each turn: to move numbers by some ulps."""
    return numpy.where(numpy.sin(numpy.arange(1.0, count + 1) * (7.3 + turn)) > 0, 1.0, -1.0)


def on_host(array: Any) -> numpy.ndarray[Any, Any]:
    """An array of any library as a NumPy array; copied only when it is not NumPy's already."""
    if isinstance(array, numpy.ndarray):
        return array
    if hasattr(array, "get"):  # CuPy copies from the GPU on request only
        return numpy.asarray(array.get())
    return numpy.from_dlpack(array)
