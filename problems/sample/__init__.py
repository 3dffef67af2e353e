"""Random problems: one file = one kind.

`sample(form, rng, wishes)` draws one as plain data: `form` decides what every student's variant has in common, `rng` the
numbers. SETTINGS names what --set may say.
"""
