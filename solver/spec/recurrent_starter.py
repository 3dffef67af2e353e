"""The spec that `dlsolve new recurrent` writes."""

STARTER = """\
# yaml-language-server: $schema=recurrent.schema.json
# (For help in the editor: dlsolve schema recurrent > recurrent.schema.json)
kind: recurrent
title: A recurrent network of two units reads three inputs

cell: rnn                        # or lstm, gru
inputs: [[1, 0], [0, 1], [1, 1]] # one vector (or number) for each time

# A row for each unit. A number or a plain list where a matrix has one entry, row or column.
# rnn:  Wx Wh b          lstm: Wf Uf bf, Wi Ui bi, Wo Uo bo, Wc Uc bc      gru: Wz Uz bz, Wr Ur br, Wh Uh bh
# output: Wy by          a second bias: bWh (rnn), bUf ... (lstm, gru)
weights:
  Wx: [[0.5, -0.3], [0.2, 0.4]]
  Wh: [[0.1, 0.2], [-0.4, 0.3]]
  b: [0.1, 0]
  Wy: [[1, -1]]
  by: 0.2

# hidden: [0, 0]                 # before the first time; cell_state: likewise (lstm)
# activation: tanh               # of the hidden state; gate_activation: sigmoid
# output: linear                 # or softmax, sigmoid ...
# concat: x-h                    # one matrix for each gate on [x, h] (or h-x): W b, or Wf bf ...
# keeps: 1-z                     # gru: h' = (1 - z) h + z g;  reset: after  for r (Uh h + bUh)
# layers: [{weights: {..}}, ..]  # several recurrent layers; bidirectional: true with {forward: .., backward: ..}
# share: false                   # weights of their own at every time

# With a target backpropagation through time: one for the last time, or a list with one for each time.
target: 0.5
loss: half_sse                   # of one time; summed over the times
learning_rate: 0.1
# truncate: 2                    # an error goes back over so many times

# find: dE/dWh[1,2]              # only this, and what it needs
# digits: 4
# carry: rounded                 # each line uses the numbers as shown, as by hand
"""
