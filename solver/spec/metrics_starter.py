"""The spec that `dlsolve new metrics` writes."""

STARTER = """\
# yaml-language-server: $schema=metrics.schema.json
# (For help in the editor: dlsolve schema metrics > metrics.schema.json)
kind: metrics
title: A test for an illness

# Four counts: true positives, false negatives, false positives, true negatives.
confusion: {tp: 50, fn: 10, fp: 5, tn: 35}

# Or a matrix, one row for each actual class, one column for each predicted class:
# labels: [cat, dog, bird]
# confusion: [[8, 1, 1], [2, 6, 2], [0, 1, 9]]

# Or the labels of each sample (class 1 is positive; or name it: positive: spam):
# actual:    [1, 0, 1, 1, 0, 1]
# predicted: [1, 0, 0, 1, 1, 1]

# Or only how many were right:
# correct: 4
# total: 5

# zero_division: 0    # what stands for 0/0; left out: such a quantity is not defined
# find: [precision, recall]
# digits: 4
# carry: rounded      # each line uses the numbers as shown, as by hand
"""
