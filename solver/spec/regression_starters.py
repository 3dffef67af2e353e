"""The specs that `dlsolve new linear-regression` and `dlsolve new logistic-regression` write."""

LINEAR = """\
# yaml-language-server: $schema=linear-regression.schema.json
# (For help in the editor: dlsolve schema linear-regression > linear-regression.schema.json)
kind: linear-regression
title: Hours of study and marks

x: [1, 2, 3, 4, 5]        # one feature; for several a row for each sample: [[1, 2], [2, 1], ...]
y: [2, 4, 5, 4, 5]
method: least-squares     # or normal-equations (matrices), or gradient-descent
predict: 6                # a new x, or a list of them

# test: {x: [6, 7], y: [6, 5]}    # samples set apart
# intercept: false                # a line through the origin

# For gradient descent:
#
# method: gradient-descent
# start: {m: 0, c: 0}     # b0, b1, ... with several features; left out: 0
# learning_rate: 0.01
# epochs: 1000            # the first in full, the rest as a table
# batch: full             # 1: stochastic; 2: two samples for each update, in order
# loss: mse               # so that dE/dm = -(2/n) sum x(y - yhat); or half_mse, sse, half_sse, mae, huber
"""

LOGISTIC = """\
# yaml-language-server: $schema=logistic-regression.schema.json
# (For help in the editor: dlsolve schema logistic-regression > logistic-regression.schema.json)
kind: logistic-regression
title: Hours of study and passing

x: [1, 2, 3, 4]           # one feature; for several a row for each sample: [[1, 2], [2, 1], ...]
y: [0, 0, 1, 1]           # three classes or more (0, 1, 2 or words) are worked with softmax
start: 0                  # or {w1: 0.1, b: 0}
learning_rate: 0.5
epochs: 10                # the first in full, the rest as a table
predict: 2.5              # a new x, or a list of them

# batch: 1                # full (default), 1: stochastic, 2: two samples for each update, in order
# reduction: sum          # default mean: E is the mean cross-entropy of the samples
# test: {x: [0, 5], y: [0, 1]}    # samples set apart
# threshold: 0.5          # class 1 from this probability on
"""
