"""The spec that `dlsolve new attention` writes."""

STARTER = """\
# yaml-language-server: $schema=attention.schema.json
# (For help in the editor: dlsolve schema attention > attention.schema.json)
kind: attention
title: Self-attention of three tokens

# Inputs with weight matrices (row vectors times matrices, Q = X Wq), or queries, keys and values themselves.
inputs: [[1, 0], [0, 1], [1, 1]]        # one row for each token
Wq: I                                   # I: the identity
Wk: [[0, 1], [1, 0]]
Wv: [[1, 2], [3, 4]]
# queries: [[1, 0]]
# keys: [[1, 0], [0, 1]]
# values: [[10, 0], [0, 10]]

mask: causal                            # no token looks ahead; or rows of 1 (may look) and 0; left out: none
# scaling: false                        # scores not divided by the root of d_k
# heads: 2                              # splits the columns of Q, K and V; or a list: [{Wq: .., Wk: .., Wv: ..}, ..]
# Wo: [[1, 0], [0, 1]]                  # after the heads are put side by side

# Backward: a target with a loss, or dE/dout itself.
target: [[1, 2], [2, 3], [3, 4]]
# upstream: [[1, 0], [0, 0], [0, 1]]
loss: half_sse                          # of each row; or sse, mse, half_mse, mae, huber, hinge
# reduction: mean                       # of the rows' errors; default sum
learning_rate: 0.1                      # new weight matrices

# find: weight[2,1]                     # only this quantity, and what it needs
# digits: 4
# carry: rounded                        # each line uses the numbers as shown, as by hand
"""
