"""The spec that `dlsolve new gradient-descent` writes."""

STARTER = """\
# yaml-language-server: $schema=gradient-descent.schema.json
# (For help in the editor: dlsolve schema gradient-descent > gradient-descent.schema.json)
kind: gradient-descent
title: Down into a bowl

function: 3/2*x^2 + 1/2*y^2   # + - * / ^, exp ln sqrt sin cos tanh abs max min sigmoid
start: {x: 1, y: 1}           # a list of such points: several starts, side by side
learning_rate: 0.1            # a list: side by side, such as [0.1, 0.5, 1]
steps: 3                      # leave out (with learning_rate): the gradient and what it says
optimizer: sgd                # momentum, nesterov, adagrad, rmsprop, adadelta, adam, adamw, adamax, nadam

# With settings, or in the form of another book; a list of optimizers stands side by side:
# optimizer: {momentum: {beta: 0.9, form: velocity}}      # v = beta v - eta g, x = x + v
# optimizer: {adam: {beta1: 0.9, beta2: 0.999, epsilon: 1e-8, state: {m: 0.4, v: 0.016}, t: 2}}

# Instead of a function:
# gradients: [[4, 1], [3, 0.5]]                           # the gradient of each update
# samples: {w0: [-0.08, 0.02, -0.07], w1: [0.1, 0.2, 0]}  # what each sample's gradient says; batch: 2
#
# With a function of data too, one update for each batch of samples:
# function: (w*x - y)^2
# samples: [{x: 2, y: 10}, {x: 1, y: 5}]
# start: {w: 3}
# batch: 1

# show_steps: 2           # updates worked line by line; all stand in the table
# find: ["x[1]", "df/dx[0]"]
# digits: 4
# carry: rounded
"""
