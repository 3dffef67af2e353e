"""The spec that `dlsolve new cnn-shapes` writes."""

STARTER = """\
# yaml-language-server: $schema=cnn-shapes.schema.json
# (For help in the editor: dlsolve schema cnn-shapes > cnn-shapes.schema.json)
kind: cnn-shapes
title: A small network for digits

input: [28, 28, 1]        # height, width, channels; [length, channels]; one number for a vector
# data_format: channels_first

layers:
  - conv: {filters: 16, kernel: 5, padding: same, activation: relu}   # or valid, 2, [top, bottom, left, right]
  - max_pool: 2                                                       # the stride is the window's size if left out
  - conv: {filters: 32, kernel: [3, 3], stride: 1}                    # also dilation, groups, bias: false
  - batch_norm
  - max_pool: {size: 2, stride: 2}
  - flatten
  - dense: {units: 84, activation: relu}                              # inputs: 1152 would be checked
  - dropout: 0.5
  - dense: 10

# Blocks:
#   - residual: {body: [...], shortcut: [...]}        # without a shortcut the input itself is added
#   - branches: [[...], [...]]                        # joined along the channels; [] is the input itself
#   - repeat: {times: 3, layers: [...]}
#
# Asking backwards: every kernel that gives this output
#   - conv: {filters: 16, kernel: "?", output: [24, 24, 16]}
#
# count: flops            # two for each MAC
# count_biases: true
# bytes: 4                # of one number, for the activation memory
"""
