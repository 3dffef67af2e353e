"""The version of this program, which sheets and JSON print."""

__version__ = "0.1.0"
