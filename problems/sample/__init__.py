"""Random problems: one file = one kind.

`sample(form, rng, wishes)` draws one as plain data: `form` decides what the variants of all students have in common,
`rng` the numbers. SETTINGS names what --set may say.
"""
