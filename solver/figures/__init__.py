"""Pictures of problems as SVG: one file = one kind of picture, see `gallery` for which problem has which."""
