"""SVG to PNG, where a converter is there."""

from __future__ import annotations

from importlib import import_module

from ..errors import Unavailable

_SCALE = 2.0  # pixels for each unit, for sharp screens


def png(svg: str) -> bytes:
    """The picture in pixels on white. Raises Unavailable where no converter is installed."""
    try:
        convert = import_module("resvg_py")
    except ImportError as error:
        raise Unavailable(
            "PNG needs a converter of SVG: install it with  pip install 'dlsolve[png]' , or write an .svg"
        ) from error
    return bytes(convert.svg_to_bytes(svg_string=svg, background="white", zoom=int(_SCALE)))
