"""Random problems: one file = one kind; `sample(rng, wishes)` draws one as plain data, SETTINGS names what --set may say."""
