"""The spec that `dlsolve new perceptron` writes."""

STARTER = """\
# yaml-language-server: $schema=perceptron.schema.json
# (For help in the editor: dlsolve schema perceptron > perceptron.schema.json)
kind: perceptron
title: A perceptron learns AND

gate: and               # or, nand, nor, xor, xnor, not ...; or samples of your own, see below
weights: [0, 0]
bias: 0                 # or threshold: 0.2 (it stays as it is unless update_bias: true)
learning_rate: 1
activation: step        # 1 or 0; sign: 1 or -1
fires: ">="             # at 0 itself too; ">" above it only
# rule: difference      # w + learning_rate (t - y) x; target: w + learning_rate t x on a miss
# epochs: 10            # at most; left out: until no sample is missed, or the weights repeat

# Samples of your own instead of the gate; a third input of -1 can take the place of the bias:
# samples:
#   - {inputs: [0, 1, -1], target: 1}
#   - {inputs: [0, 0, -1], target: 0}

# Layers that are given and do not learn, instead of all that: one row for each neuron, its weights and its bias.
# Two lines and their combination make XOR:
# layers:
#   - [[1, 1, -0.5], [1, 1, -1.5]]
#   - [[1, -1, -0.5]]
"""
