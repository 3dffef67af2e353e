"""The spec that `dlsolve new normalization` writes."""

STARTER = """\
# yaml-language-server: $schema=normalization.schema.json
# (For help in the editor: dlsolve schema normalization > normalization.schema.json)
kind: normalization
title: Batch normalization of three samples

method: batch            # each feature (column) over the samples; layer: each sample (row) over its features
inputs:                  # one row for each sample
  - [1, 2]
  - [3, 4]
  - [5, 9]
gamma: [1.5, 1]          # scale of each feature, or one number for all; default 1
beta: [0, 0.5]           # shift; default 0
epsilon: 0.00001         # below the root; may be 0
# variance: sample       # divides by m - 1; default population, by m

# momentum: 0.9          # running averages: 0.9 old + 0.1 new (momentum_weighs: new for 0.1 as PyTorch)
# running_mean: [0, 0]   # where they start; default 0 and 1
# running_variance: [1, 1]
# phase: test            # normalizes with running_mean and running_variance

# Backward: a target with a loss, or dE/dout itself.
target: [[0, 0], [0, 1], [1, 2]]
# upstream: [[0.1, -0.2], [0, 0.3], [-0.1, 0.4]]
loss: half_sse           # of each sample; or sse, mse, half_mse, mae, huber, hinge
# reduction: sum         # of the samples' errors; default mean
learning_rate: 0.1       # new gamma and beta

# find: dE/dx[1,1]       # only this quantity, and what it needs
# digits: 4
# carry: rounded         # each line uses the numbers as shown, as by hand
"""
