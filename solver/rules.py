"""The closed list of rules: every line of every page is made by one of these.

Each has the one sentence that teaches it and an example.
"""

from __future__ import annotations

from msgspec import Struct


class Rule(Struct, frozen=True):
    """A rule: the sentence that teaches it, and an example of its line."""

    sentence: str
    example: str


RULES: dict[str, Rule] = {
    "weighted_sum": Rule(
        "Multiply each input of the neuron by its weight, add the products, add the bias.",
        "in_h1 = w1*i1 + w2*i2 + b1",
    ),
    "activation": Rule("Put the net input into the activation function.", "out_h1 = 1/(1 + exp(-in_h1))"),
    "dropout": Rule(
        "Dropout: a neuron whose mask is 0 is switched off, one whose mask is 1 passes its output on.",
        "drop_h1 = m_h1*out_h1",
    ),
    "average": Rule(
        "Over several samples take the mean (or the sum, where the problem says so).",
        "E = 1/2*(E[1] + E[2])",
    ),
    "loss": Rule("What one output contributes to the error.", "E_o1 = 1/2*(t1 - out_o1)**2"),
    "total": Rule("Add the parts.", "E = E_o1 + E_o2"),
    "loss_slope": Rule(
        "Differentiate the error by this output; parts that do not hold it drop out.",
        "dE/dout_o1 = out_o1 - t1",
    ),
    "activation_slope": Rule(
        "Differentiate the activation function at the net input.",
        "dout_o1/din_o1 = out_o1*(1 - out_o1)",
    ),
    "sum_slope": Rule(
        "In a weighted sum only one product holds this quantity; its partner is the derivative.",
        "din_o1/dw5 = out_h1",
    ),
    "slope": Rule("Differentiate the line by this quantity, all others held fixed.", "dq/dx = 1"),
    "chain": Rule(
        "Chain rule: multiply the derivatives along the path.",
        "dE/dw5 = (dE/dout_o1)*(dout_o1/din_o1)*(din_o1/dw5)",
    ),
    "formula": Rule("Put the numbers into the formula of this step.", "q = x + y"),
    "sample_share": Rule(
        "What the gradient of one sample counts in that of all of them.", "dE/dy1[2] = (dE[2]/dy1[2])/2"
    ),
    "grey_level": Rule("A grey level as its share of the whole scale.", "y1 = g1/255"),
    "path": Rule(
        "Chain rule along one of several paths: multiply the derivatives on it.",
        "dE/dout_h1:o1 = (dE/dout_o1)*(dout_o1/din_o1)*(din_o1/dout_h1)",
    ),
    "sum_of_paths": Rule(
        "The quantity reaches the error by several paths: add what each of them brings.",
        "dE/dout_h1 = (dE/dout_h1:o1) + (dE/dout_h1:o2)",
    ),
    "no_path": Rule("The quantity does not reach the error: its derivative is 0.", "dE/dw1 = 0"),
    "short_form": Rule(
        "The chain of this pair of activation and loss collapses to a difference.",
        "delta_o1:short = out_o1 - t1",
    ),
    "entry": Rule("Work out this entry of the table, row by row.", "xy[1] = x[1]*y[1]"),
    "column_sum": Rule("Add the column of the table.", "sum_xy = xy[1] + xy[2] + xy[3]"),
    "slope_parts": Rule(
        "The slope of the least-squares line is top / bottom: n times one sum minus a product of two others.",
        "m_top = n*sum_xy - sum_x*sum_y",
    ),
    "least_squares_slope": Rule(
        "The slope of the line whose squared residuals add up to least.",
        "m = m_top/m_bottom",
    ),
    "least_squares_intercept": Rule(
        "The line goes through the point of the means, which gives its intercept.",
        "c = (sum_y - m*sum_x)/n",
    ),
    "factor": Rule(
        "How many times the row above is taken from this one, so that the entry below the pivot becomes 0.",
        "l21 = sum_x/n",
    ),
    "eliminate": Rule("Take the multiple of the row above from this entry.", "a22@1 = sum_xx - l21*sum_x"),
    "back_substitution": Rule(
        "The last row has one unknown left; put what is known into the row above.",
        "m = r2@1/a22@1",
    ),
    "prediction": Rule("Put the features into the fitted equation.", "yhat[1] = m*x[1] + c"),
    "residual": Rule("Actual value minus predicted value.", "e[1] = y[1] - yhat[1]"),
    "mean_value": Rule("Add them and divide by how many there are.", "ybar = sum_y/n"),
    "sample_loss": Rule("What one sample contributes to the error.", "L[1] = -log(yhat[1])"),
    "sample_slope": Rule("Differentiate the part of this sample by its prediction.", "g[1] = -1"),
    "sample_error": Rule(
        "The error over the samples: their parts added, and divided by how many there are where it is a mean.",
        "E = sum_ee/n",
    ),
    "r_squared": Rule(
        "The share of the spread of y that the model explains: 1 minus what it leaves over.",
        "R2 = 1 - SS_res/SS_tot",
    ),
    "gradient_of_samples": Rule(
        "The derivative of the error by this parameter: each sample brings its slope times its feature.",
        "dE/dm = -(2/n)*sum_xe",
    ),
    "class_difference": Rule(
        "Sigmoid (or softmax) with cross-entropy: the chain rule leaves the prediction minus the target.",
        "delta[1] = yhat[1] - y[1]",
    ),
    "predicted_class": Rule(
        "Two classes: class 1 where the probability reaches the threshold; several: the most probable one.",
        "class[1] = 1 if yhat[1] >= threshold else 0",
    ),
    "hit": Rule("1 where the predicted class is the true one, else 0.", "hit[1] = max(0, 1 - abs(class[1] - y[1]))"),
    "boundary": Rule(
        "Where the net input reaches the threshold the prediction turns from one class to the other.",
        "x_boundary = -b/w1",
    ),
    "share": Rule("How many of all.", "accuracy = correct/n"),
    "change": Rule("Learning rate times gradient, downhill.", "step_w5 = -eta*(dE/dw5)"),
    "update": Rule(
        "New value: the old one minus learning rate times gradient; every gradient was made with old values.",
        "w5' = w5 - eta*(dE/dw5)",
    ),
    "weight_decay": Rule("Weight decay adds lambda times the parameter to its gradient.", "g_w = (dE/dw) + lambda*w"),
    "look_ahead": Rule(
        "Nesterov looks ahead: take the gradient where the velocity alone would carry the parameter.",
        "ahead_x = x - beta*v_x",
    ),
    "first_velocity": Rule("No velocity yet: it starts as the first gradient.", "v_x = df/dx"),
    "velocity": Rule("Keep a share of the last velocity and add the new gradient.", "v_x[1] = beta*v_x[0] + (df/dx)"),
    "running_mean": Rule(
        "A running mean: a share of the old mean, and the rest of what is new.",
        "m_x[1] = beta1*m_x[0] + (1 - beta1)*(df/dx)",
    ),
    "sum_of_squares": Rule(
        "Add the square of the gradient to those of all earlier ones.", "G_x[1] = G_x[0] + (df/dx)**2"
    ),
    "bias_correction": Rule(
        "The running mean started at 0: divide by the share that it has seen so far.", "m_hat = m/(1 - beta1**t)"
    ),
    "largest": Rule("The largest gradient so far, forgotten slowly.", "u_x[1] = max(beta2*u_x[0], |df/dx|)"),
    "schedule": Rule("Nadam's share of momentum grows from update to update.", "mu = beta1*(1 - 1/2*0.96**(t*psi))"),
    "nesterov_direction": Rule(
        "Nesterov goes one share of the new velocity further than momentum does.", "d_x = (df/dx) + beta*v_x"
    ),
    "nesterov_mean": Rule(
        "Nadam: the momentum of the next update already in this one.", "d = beta1*m_hat + (1 - beta1)*g/(1 - beta1**t)"
    ),
    "adadelta_direction": Rule(
        "The gradient in units of the steps taken so far, so that no learning rate need be chosen.",
        "d = sqrt(u + epsilon)/sqrt(v + epsilon)*g",
    ),
    "corrected_rate": Rule(
        "Both bias corrections put into the learning rate.", "eta_t = eta*sqrt(1 - beta2**t)/(1 - beta1**t)"
    ),
    "scaled_step": Rule(
        "The step of this parameter alone: downhill, and the shorter the larger its gradients have been.",
        "step_x = -eta*m_hat/(sqrt(v_hat) + epsilon)",
    ),
    "count": Rule(
        "Count the samples of this kind.",
        "tp = 3",
    ),
    "cells": Rule(
        "Add the cells of the confusion matrix that belong to it.",
        "fn_a = n_a_b + n_a_c",
    ),
    "accuracy": Rule(
        "Accuracy: the share of all predictions that were right.",
        "accuracy = (tp + tn)/(tp + fn + fp + tn)",
    ),
    "error_rate": Rule(
        "Error rate: the share of all predictions that were wrong.",
        "error_rate = (fp + fn)/(tp + fn + fp + tn)",
    ),
    "precision": Rule(
        "Precision: of all that were predicted positive, the share that is.",
        "precision = tp/(tp + fp)",
    ),
    "recall": Rule(
        "Recall (sensitivity): of all that are positive, the share that was found.",
        "recall = tp/(tp + fn)",
    ),
    "specificity": Rule(
        "Specificity: of all that are negative, the share that was left alone.",
        "specificity = tn/(tn + fp)",
    ),
    "f1": Rule(
        "F1: the harmonic mean of precision and recall.",
        "f1 = 2*precision*recall/(precision + recall)",
    ),
    "f1_counts": Rule(
        "F1 from the counts, for precision + recall is 0 or not defined.",
        "f1 = 2*tp/(2*tp + fp + fn)",
    ),
    "zero_division": Rule(
        "0/0 has no value; the problem says what stands for it.",
        "precision = 0",
    ),
    "macro": Rule(
        "Macro: the plain mean over the classes, a rare class weighs as much as a frequent one.",
        "macro_recall = (recall_a + recall_b)/2",
    ),
    "weighted": Rule(
        "Weighted: the mean over the classes, each as often as it occurs.",
        "weighted_recall = (support_a*recall_a + support_b*recall_b)/total",
    ),
    "support": Rule(
        "Support: how many samples are of this class.",
        "support_a = tp_a + fn_a",
    ),
    "micro": Rule(
        "Micro: add the counts of all classes first, then divide.",
        "micro_recall = sum_tp/(sum_tp + sum_fn)",
    ),
    "function_value": Rule("Put the point into the function.", "f[0] = 3/2*x[0]**2 + 1/2*y[0]**2"),
    "wish": Rule(
        "Samples wish to go downhill: the gradient is the negative of their average wish.", "df/dw = -average_w"
    ),
    "batch_gradient": Rule("The gradient of this update is the average over its batch.", "df/dw[0] = average_w[1]"),
    "length": Rule("The length of the gradient: how steep it is.", "norm = sqrt((df/dx)**2 + (df/dy)**2)"),
    "ratio": Rule("How many times one slope is the other.", "ratio_x_y = |df/dx|/|df/dy|"),
    "stationary": Rule("Set every partial derivative to 0 and solve.", "3*x = 0, so x_P = 0"),
    "second_derivative": Rule("Differentiate the slope once more.", "d2f/dxdx = 3"),
    "determinant": Rule("The determinant of the second derivatives.", "D = f_xx*f_yy - f_xy**2"),
    "layer_factor": Rule(
        "What a gradient is multiplied by on its way back through a layer: slope of the activation times weight.",
        "factor_3 = (dout_3/din_3)*w",
    ),
    "power_of_ten": Rule(
        "The power of ten of its size: the logarithm to base 10.",
        "log10_3 = ln(|dout_10/din_3|)/ln(10)",
    ),
    "mean_factor": Rule(
        "The factor of each layer if all were equal: the n-th root of the product's size.",
        "mean_factor = |dout_10/dx|**(1/10)",
    ),
    "bound": Rule(
        "The largest product that is possible: in every layer the steepest slope times the size of the weight.",
        "bound = (1/4*|w|)**10",
    ),
    "scaled": Rule("Divide the grey level by the largest one.", "scaled[1,2] = x[1,2]/scale"),
    "copy": Rule("The cell is passed on as it is.", "up1[1,2] = relu1[1,1]"),
    "convolution": Rule(
        "Lay the kernel on the window, multiply cell by cell, add the products, add the bias.",
        "conv1[1,2] = x[1,2]*k1[1,1] + x[1,3]*k1[1,2] + x[2,2]*k1[2,1] + x[2,3]*k1[2,2] + b1",
    ),
    "transposed_convolution": Rule(
        "Every input cell spreads the kernel, multiplied by it, over the output; where they overlap, add.",
        "deconv1[1,2] = x[1,1]*k1[1,2] + x[1,2]*k1[1,1]",
    ),
    "max_pool": Rule("Take the largest cell of the window.", "pool1[1,1] = max(relu1[1,1], relu1[1,2])"),
    "min_pool": Rule("Take the smallest cell of the window.", "pool1[1,1] = min(relu1[1,1], relu1[1,2])"),
    "avg_pool": Rule(
        "Take the mean of the window: add its cells, divide by how many they are.",
        "pool1[1,1] = 1/2*(relu1[1,1] + relu1[1,2])",
    ),
    "fires": Rule(
        "The neuron fires (gives 1) where its net input reaches the limit, else it gives the low value.",
        "y = 1 if net >= 0 else 0",
    ),
    "miss": Rule(
        "What is missing: target minus output, 0 where the output is right.",
        "e = t - y",
    ),
    "miss_target": Rule(
        "The target itself on a miss, 0 where the output is right.",
        "e = (t - y)/2",
    ),
    "misses": Rule(
        "Count the samples that were missed in this epoch.",
        "errors = |e1| + |e2| + |e3| + |e4|",
    ),
    "learn": Rule(
        "Move the weight by learning rate times error times its input; a sample that is right moves nothing.",
        "w1' = w1 + eta*e*x1",
    ),
    "learn_bias": Rule(
        "The bias is a weight whose input is always 1.",
        "b' = b + eta*e",
    ),
    "learn_threshold": Rule(
        "The threshold moves against the weights: where the neuron should have fired it becomes lower.",
        "theta' = theta - eta*e",
    ),
    "line_slope": Rule(
        "The neuron stands at its limit on a line; solved for x2, its slope is minus the ratio of the weights.",
        "slope = -w1/w2",
    ),
    "line_intercept": Rule(
        "Where that line crosses the axis of x2.",
        "intercept = -b/w2",
    ),
    "upright_line": Rule(
        "Where x2 has no weight the line is upright, at this x1.",
        "x1 = -b/w1",
    ),
    "inverted_dropout": Rule(
        "Inverted dropout: a kept output is divided by the probability of keeping it, a dropped one is 0.",
        "d1 = m1*a1/p",
    ),
    "scaled_activation": Rule(
        "Testing: no unit is dropped; its activation is multiplied by the probability of keeping it.",
        "s1 = p*a1",
    ),
    "scaled_weight": Rule(
        "Testing: no unit is dropped; its outgoing weights are multiplied by the probability of keeping it.",
        "test_w1 = p*w1",
    ),
    "as_it_is": Rule(
        "Testing with inverted dropout: the activation is passed on as it is.",
        "s1 = a1",
    ),
    "mask_probability": Rule(
        "The probability of a mask: p for each unit that is kept, 1 - p for each that is dropped.",
        "P = p**2*(1 - p)",
    ),
    "expected": Rule(
        "The mean: each result times its probability, added.",
        "mean = P1*out1 + P2*out2",
    ),
    "thinned_part": Rule(
        "What this thinned net brings: its gradient where it has the parameter, 0 where not.",
        "c = m*g",
    ),
    "absent": Rule(
        "The thinned net does not have this parameter: it brings 0.",
        "c = m",
    ),
    "thinned_mean": Rule(
        "The mean over all examples of the mini-batch, absent parameters counted as 0.",
        "dE/dw1 = (c1 + c2)/2",
    ),
    "cell_state": Rule(
        "The cell state: the forget gate's share of the old one, and the input gate's share of the candidate.",
        "c_1 = f_1*c_0 + i_1*g_1",
    ),
    "hidden_state": Rule("The output gate shows its share of the squashed cell state.", "h_1 = o_1*tanh(c_1)"),
    "reset_state": Rule("The reset gate lets its share of the old hidden state through.", "s_1 = r_1*h_0"),
    "blend": Rule(
        "The update gate mixes the old hidden state with the candidate; both shares add up to 1.",
        "h_1 = z_1*h_0 + (1 - z_1)*g_1",
    ),
    "time_share": Rule(
        "What a weight brings at one time step: the slope by the net input there, times what it was multiplied by.",
        "dE_dWh_2 = dE_din_h_2*h_1",
    ),
    "shared_weight": Rule(
        "The same weight works at every time step: add what each of them brings.",
        "dE_dWh = dE_dWh_1 + dE_dWh_2",
    ),
    "parameter_count": Rule(
        "Rows times columns of each matrix, and one number for each unit of a bias.", "count_y = 2*3 + 2"
    ),
    "centred": Rule("Distance from the mean.", "centred[1,1] = x[1,1] - mean[1]"),
    "variance": Rule(
        "Variance: the mean of the squared distances (a sample variance divides by one less).",
        "variance[1] = (centred[1,1]**2 + centred[2,1]**2)/2",
    ),
    "sample_variance": Rule(
        "Sample variance: the squared distances added and divided by one less than their number.",
        "sample_variance[1] = (centred[1,1]**2 + centred[2,1]**2)/1",
    ),
    "population_variance": Rule(
        "Population variance: the squared distances added and divided by their number.",
        "population_variance[1] = (centred[1,1]**2 + centred[2,1]**2)/2",
    ),
    "root_of_variance": Rule(
        "The standard deviation, with epsilon below the root to keep it from 0.",
        "std[1] = sqrt(variance[1] + epsilon)",
    ),
    "normalized": Rule("Divide the distance from the mean by the root.", "xhat[1,1] = centred[1,1]/std[1]"),
    "scale_and_shift": Rule(
        "Multiply by the feature's gamma and add its beta.", "out[1,1] = gamma[1]*xhat[1,1] + beta[1]"
    ),
    "closed_form": Rule(
        "The known formula of the whole way back; it must give what the chain rule gave.",
        "dE/dx[1,1]:short = gamma[1]/std[1]*((dE/dout[1,1]) - (dE/dbeta[1])/2 - xhat[1,1]*(dE/dgamma[1])/2)",
    ),
    "projection": Rule(
        "Row times column: multiply entry by entry and add.", "q[1,2] = x[1,1]*Wq[1,2] + x[1,2]*Wq[2,2]"
    ),
    "score": Rule(
        "How well a query fits a key: multiply them entry by entry and add.",
        "score[1,2] = q[1,1]*k[2,1] + q[1,2]*k[2,2]",
    ),
    "scaled_score": Rule(
        "Divide by the root of the length of the keys, so that long vectors do not saturate the softmax.",
        "scaled[1,2] = score[1,2]/sqrt(d_k)",
    ),
    "attention_weight": Rule(
        "Softmax of the row: e to the score, over the sum of these over all keys that the query may look at.",
        "weight[1,2] = exp(scaled[1,2])/(exp(scaled[1,1]) + exp(scaled[1,2]))",
    ),
    "masked": Rule("Masked: the score is minus infinity, e to it is 0, so the weight is 0.", "weight[1,2] = 0"),
    "weighted_values": Rule(
        "The values, each times its weight, added.", "out[1,1] = weight[1,1]*v[1,1] + weight[1,2]*v[2,1]"
    ),
    "row_sum": Rule(
        "Each weight of the row times its slope, added.",
        "sum[1] = weight[1,1]*(dE/dweight[1,1]) + weight[1,2]*(dE/dweight[1,2])",
    ),
}
