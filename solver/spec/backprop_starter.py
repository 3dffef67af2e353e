"""The spec that `dlsolve new backprop` writes."""

STARTER = """\
# yaml-language-server: $schema=backprop.schema.json
# (For help in the editor: dlsolve schema backprop > backprop.schema.json)
kind: backprop
title: Two inputs, two hidden neurons, two outputs

inputs: [0.05, 0.10]      # named i1, i2; or name them: {x1: 0.05, x2: 0.10}
target: [0.01, 0.99]      # one for each output; leave out for the forward pass only
learning_rate: 0.5        # leave out for the gradients only
loss: half_sse            # or sse, mse, half_mse, mae, huber, bce, cce, sparse_cce, kl, hinge
activation: sigmoid       # of the layers that name none: linear, relu, tanh, softmax, {leaky_relu: 0.1} ...

# One row of weights for each neuron (layout: input-rows for one row for each input).
# biases: one number is shared by the layer, a list has one for each neuron; leave out for none.
layers:
  - {name: h, weights: [[0.15, 0.20], [0.25, 0.30]], biases: 0.35}
  - {name: o, weights: [[0.40, 0.45], [0.50, 0.55]], biases: 0.60}

# update_biases: false    # biases stay as they are
# find: [w5', w1']        # only these, and what they need
# digits: 4
# carry: rounded          # each line uses the numbers as shown, as by hand

# The other way to write a network: neuron by neuron, with any wiring.
# It takes the place of inputs, target and layers above.
#
# inputs: {1: 1, 2: 0, 3: 1}
# neurons:
#   4: {weights: {1: 0.2, 2: 0.4, 3: -0.5}, bias: -0.4}
#   5: {weights: {1: -0.3, 2: 0.1, 3: 0.2}, bias: 0.2}
#   6: {weights: {4: -0.3, 5: -0.2}, bias: 0.1}
# target: {6: 1}
# symbols: {bias: theta, learning_rate: alpha}
"""
