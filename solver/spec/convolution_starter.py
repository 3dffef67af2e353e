"""The spec that `dlsolve new convolution` writes."""

STARTER = """\
# yaml-language-server: $schema=convolution.schema.json
# (For help in the editor: dlsolve schema convolution > convolution.schema.json)
kind: convolution
title: A 5 x 5 image through convolution, ReLU and max pooling

# A matrix, a list of matrices (one for each channel), or a list of numbers for a sequence.
image:
  - [1, 1, 1, 0, 0]
  - [0, 1, 1, 1, 0]
  - [0, 0, 1, 1, 1]
  - [0, 0, 1, 1, 0]
  - [0, 1, 1, 0, 0]
# scale: 255              # grey levels divided by 255 first

# conv:     kernels: one matrix, or a list of filters, each a matrix or a list of matrices (one for each channel);
#           or a name: sobel_x, sobel_y, prewitt, laplacian, sharpen, box, gaussian
#           biases: one for each filter; stride, dilation: 1; padding: valid, same, N, [top, bottom, left, right]
#           flip: true for the mathematicians' convolution (kernel turned by 180 degrees)
# pooling:  {max_pool: 2}, min_pool, avg_pool, global_avg_pool, or {max_pool: {size: 3, stride: 2}}
# others:   relu, sigmoid, tanh ..., flatten, {dense: {weights: [[..]], biases: [..]}}, softmax,
#           conv_transpose, {upsample: 2}, {reshape: [2, 2]}
layers:
  - conv: {kernels: [[1, 0, 1], [0, 1, 0], [1, 0, 1]], biases: [-3], stride: 1, padding: valid}
  - relu
  - {max_pool: {size: 2, stride: 1}}
  - flatten

# With a target also backwards: the gradient of every weight, of every pixel, and the update.
# target: [1, 1, 0, 1]    # in the shape of the last layer's output
# loss: half_sse          # or sse, mse, half_mse, mae, huber, bce, cce, sparse_cce, kl, hinge
# learning_rate: 0.1

# find: conv1[1,2]        # only this cell, and what it needs
# digits: 4
# carry: rounded          # each line uses the numbers as shown, as by hand
"""
