"""`python -m solver` is the dlsolve command."""

from .cli import main

main(prog_name="dlsolve")
