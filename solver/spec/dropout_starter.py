"""The spec that `dlsolve new dropout` writes."""

STARTER = """\
# yaml-language-server: $schema=dropout.schema.json
# (For help in the editor: dlsolve schema dropout > dropout.schema.json)
kind: dropout
title: Dropout on four units

activations: [1, 2, 3, 4]
mask: [1, 0, 1, 0]             # 1: kept, 0: dropped
keep: 0.5                      # the probability of keeping a unit; or drop: 0.5, of dropping it
inverted: true                 # kept ones are divided by keep; false: testing multiplies by keep
gradient: [0.1, 0.2, 0.3, 0.4] # what comes back to each unit (leave out: forwards only)

# phase: test                  # no mask: what is done when the net is used
# phase: all                   # every thinned net with its probability (up to 8 units), and their mean

# The layer that follows, one row for each of its neurons:
# weights: [[0.5, -1, 0.25, 1]]
# biases: 0.1
# activation: sigmoid          # default linear

# A mini-batch of thinned nets instead of all that: absent parameters count as 0 in the mean.
# samples:
#   - {mask: [1, 0, 1], gradient: [0.2, null, -0.4]}
#   - {mask: [1, 1, 0], gradient: [0.1, 0.3, null]}
# parameters: [w1, w2, w3]
"""
