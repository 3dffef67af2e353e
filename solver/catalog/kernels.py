"""Kernels that have a name: one row = one kernel a teacher can draw."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamedKernel:
    """A kernel as text, row by row, and what it answers to."""

    title: str
    rows: tuple[str, ...]


KERNELS: dict[str, NamedKernel] = {
    "identity": NamedKernel("identity: leaves the image as it is", ("0 0 0", "0 1 0", "0 0 0")),
    "sobel_x": NamedKernel("Sobel: grey levels growing to the right, vertical edges", ("-1 0 1", "-2 0 2", "-1 0 1")),
    "sobel_y": NamedKernel("Sobel: grey levels growing downwards, horizontal edges", ("-1 -2 -1", "0 0 0", "1 2 1")),
    "prewitt": NamedKernel("Prewitt: grey levels growing to the right, vertical edges", ("-1 0 1", "-1 0 1", "-1 0 1")),
    "prewitt_y": NamedKernel("Prewitt: grey levels growing downwards", ("-1 -1 -1", "0 0 0", "1 1 1")),
    "laplacian": NamedKernel("Laplacian: edges of every direction", ("0 1 0", "1 -4 1", "0 1 0")),
    "laplacian_8": NamedKernel("Laplacian with the diagonals", ("1 1 1", "1 -8 1", "1 1 1")),
    "sharpen": NamedKernel("sharpen: the image minus its Laplacian", ("0 -1 0", "-1 5 -1", "0 -1 0")),
    "box": NamedKernel("box blur: the mean of the window", ("1/9 1/9 1/9", "1/9 1/9 1/9", "1/9 1/9 1/9")),
    "gaussian": NamedKernel("Gaussian blur", ("1/16 1/8 1/16", "1/8 1/4 1/8", "1/16 1/8 1/16")),
}

SYNONYMS = {
    "sobel": "sobel_x",
    "sobel_vertical": "sobel_x",
    "sobel_horizontal": "sobel_y",
    "prewitt_x": "prewitt",
    "laplace": "laplacian",
    "sharpening": "sharpen",
    "blur": "box",
    "mean": "box",
    "gauss": "gaussian",
    "gaussian_blur": "gaussian",
}
