"""Writes the guide: one page for each kind, its spec and what the program makes of it.

`python docs/build.py` writes docs/*.md anew; a test holds them against the program.
"""

from __future__ import annotations

from pathlib import Path

from solver import load, solve
from solver.kinds import KINDS

HERE = Path(__file__).parent
BANK = HERE.parent / "problems" / "bank"
EXAMPLES = {
    "backprop": "two-outputs-mean-squared-error",
    "cnn-shapes": "exam-lenet",
    "activation": "sigmoid-table",
    "loss": "datacamp-softmax-cross-entropy",
    "graph": "cs231n-sigmoid-neuron",
    "gradient-descent": "adam-on-a-parabola",
    "linear-regression": "hours-and-marks",
    "logistic-regression": "one-step",
    "perceptron": "and-gate",
    "metrics": "worksheet-b",
    "dropout": "inverted-with-gradient",
    "gradient-flow": "ten-sigmoid-layers",
    "convolution": "d2l-cross-correlation",
    "recurrent": "scalar-tanh-forward",
    "normalization": "pixelbank-batchnorm",
    "attention": "deepml-53-a",
}


def example(kind: str) -> Path:
    """The bank problem that stands for a kind."""
    return BANK / kind / f"{EXAMPLES[kind]}.yaml"


def page(kind: str) -> str:
    """The guide's page of a kind."""
    path = example(kind)
    spec = path.read_text(encoding="utf-8").rstrip()
    head = f"# {kind}\n\n{KINDS[kind].title.capitalize()}.\n\n"
    command = f"dlsolve solve {path.name}"
    made = solve(load(path)).to_markdown().replace("\n# ", "\n## ", 1)
    if made.startswith("# "):
        made = "#" + made
    start = f"The spec, `{path.name}` (start your own with `dlsolve new {kind}`):\n\n```yaml\n{spec}\n```\n\n"
    return f"{head}{start}`{command}` prints:\n\n{made}"


def index() -> str:
    """The guide's first page."""
    rows = [f"- [{kind.name}]({kind.name}.md): {kind.title}" for kind in KINDS.values()]
    return "# Guide\n\nOne page for each kind of problem, as the program prints it.\n\n" + "\n".join(rows) + "\n"


def pages() -> dict[str, str]:
    """Every file of the guide by its name."""
    return {"README.md": index(), **{f"{kind}.md": page(kind) for kind in KINDS}}


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
        print(f"docs/{name}")
