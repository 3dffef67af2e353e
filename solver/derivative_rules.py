"""The closed list of rules of differentiation: for each the sentence that teaches it and its equation."""

from __future__ import annotations

DERIVATIVE_RULES: dict[str, tuple[str, str]] = {
    "constant": ("What does not hold the variable does not change: its derivative is 0.", "d/dx c = 0"),
    "variable": ("The variable changes as fast as itself.", "d/dx x = 1"),
    "sum": ("Differentiate a sum term by term.", "d/dx (u + v) = u' + v'"),
    "constant_factor": ("A constant factor stays and waits.", "d/dx c·u = c·u'"),
    "power": ("Bring the exponent down, lower it by one.", "d/dx u^n = n·u^(n−1)·u'"),
    "product": ("Each factor in turn is differentiated, the others stay.", "d/dx u·v = u'·v + u·v'"),
    "quotient": (
        "Top differentiated times bottom, minus top times bottom differentiated, over the bottom squared.",
        "d/dx u/v = (u'·v − u·v')/v^2",
    ),
    "chain": ("Outer derivative at the inner function, times the inner derivative.", "d/dx f(u) = f'(u)·u'"),
    "exponential": ("The exponential function is its own derivative.", "d/dx e^u = e^u·u'"),
    "number_to_power": ("As the exponential function, times ln of the base.", "d/dx a^u = a^u·ln a·u'"),
    "power_of_functions": ("Write u^v as e^(v·ln u), then differentiate.", "d/dx u^v = u^v·(v·ln u)'"),
    "logarithm": ("One over the argument.", "d/dx ln u = 1/u·u'"),
    "tanh": ("One minus the square of tanh itself.", "d/dx tanh u = (1 − tanh^2 u)·u'"),
    "erf": ("The bell curve over which erf is the area.", "d/dx erf u = 2/√π·e^(−u^2)·u'"),
    "sin": ("The sine becomes the cosine.", "d/dx sin u = cos u·u'"),
    "cos": ("The cosine becomes minus the sine.", "d/dx cos u = −sin u·u'"),
    "root": ("One over twice the root.", "d/dx √u = 1/(2√u)·u'"),
    "absolute": (
        "The slope of |u| is 1 right of 0 and −1 left of it; at the kink we say 0.",
        "d/dx |u| = sign(u)·u'",
    ),
    "maximum": (
        "Only the larger one moves the maximum; where both are equal we take the first.",
        "d/dx max(u, v) = v' if v > u, else u'",
    ),
    "minimum": (
        "Only the smaller one moves the minimum; where both are equal we take the first.",
        "d/dx min(u, v) = v' if v < u, else u'",
    ),
    "cases": (
        "Differentiate each case on its own; the conditions stay.",
        "d/dx (u if A, else v) = u' if A, else v'",
    ),
    "tidy": ("Drop 0 and factors 1, collect signs and numbers.", "0 + u·1·(−1)·(−1) = u"),
    "sign": ("A minus before a difference turns it round.", "−(u − v) = v − u"),
}
