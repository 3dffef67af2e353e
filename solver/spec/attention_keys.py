"""The keys of an attention spec, and of each head in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from .compound import list_of
from .convolution_fields import nested
from .fields import FLAG, Field, did_you_mean, one_of, refused, whole
from .frame import Key, Keys
from .outcome import ROWS, OutcomeKeys

_MOST_HEADS = 64
_GRID = nested(2, "a matrix: a list of rows, each a list of numbers, or I for the identity")


def _weights(value: Any) -> Any:
    if isinstance(value, str):
        if value != "I":
            fix = did_you_mean(value, ("I",), {"identity": "I", "eye": "I", "1": "I"})
            raise refused(value, _GRID.says, fix, instead="I")
        return value
    return _GRID.read(value)


WEIGHTS: Field[Any] = Field(_GRID.says, _weights, {"anyOf": [{"enum": ["I"]}, *_GRID.schema["anyOf"]]})


class HeadKeys(Keys):
    """The matrices of one head."""

    synonyms: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("WQ", "W_q", "W_Q", "wq", "query"), "Wq"),
        **dict.fromkeys(("WK", "W_k", "W_K", "wk", "key"), "Wk"),
        **dict.fromkeys(("WV", "W_v", "W_V", "wv", "value"), "Wv"),
    }

    Wq: Annotated[Any, WEIGHTS] = Key(None, description="Q = X Wq; left out: Q = X. Keys: Wq_1[1,2] for head 1.")
    Wk: Annotated[Any, WEIGHTS] = Key(None, description="K = X Wk; left out: K = X.")
    Wv: Annotated[Any, WEIGHTS] = Key(None, description="V = X Wv; left out: V = X.")


def _head(value: Any) -> HeadKeys:
    return HeadKeys.read(value)


_HEAD: Field[HeadKeys] = Field("a head such as {Wq: .., Wk: .., Wv: ..}", _head, HeadKeys.json_schema())
_COUNT = whole(1, _MOST_HEADS)
_LIST = list_of(_HEAD, "a number of heads, or a list of heads such as [{Wq: .., Wk: .., Wv: ..}]")


def _heads(value: Any) -> Any:
    return _LIST.read(value) if isinstance(value, list) else _COUNT.read(value)


HEADS: Field[Any] = Field(_LIST.says, _heads, {"anyOf": [dict(_COUNT.schema), dict(_LIST.schema)]})


def _mask(value: Any) -> Any:
    if not isinstance(value, str):
        return ROWS.read(value)
    if value not in ("causal", "none"):
        synonyms = dict.fromkeys(("triangular", "look_ahead", "lower", "tril", "autoregressive"), "causal")
        fix = did_you_mean(value, ("causal", "none"), synonyms)
        raise refused(value, "causal, none, or rows of 1 and 0", fix, instead="none")
    return value


MASK: Field[Any] = Field(
    "causal, none, or rows of 1 and 0", _mask, {"anyOf": [{"enum": ["causal", "none"]}, *ROWS.schema["anyOf"]]}
)


class Spec(OutcomeKeys):
    """Scaled dot-product attention: softmax(Q Kᵀ / root of d_k) V, with masks and several heads."""

    schema_title = "dlsolve spec, kind: attention"
    synonyms: ClassVar[Mapping[str, str]] = {
        **OutcomeKeys.synonyms,
        **HeadKeys.synonyms,
        **dict.fromkeys(("X", "x", "input", "tokens", "embeddings"), "inputs"),
        **dict.fromkeys(("Q", "q", "query"), "queries"),
        **dict.fromkeys(("K", "k", "key"), "keys"),
        **dict.fromkeys(("V", "v", "value"), "values"),
        **dict.fromkeys(("WO", "W_o", "W_O", "wo"), "Wo"),
        **dict.fromkeys(("scale", "scaled", "sqrt"), "scaling"),
        **dict.fromkeys(("num_heads", "n_heads", "head"), "heads"),
        "causal": "mask",
    }

    kind: Annotated[str, one_of(("attention",))] = Key("attention", description="The kind of problem: attention.")
    inputs: Annotated[Any, ROWS] = Key(
        None,
        description="One row for each token; queries, keys and values are made of it by Wq, Wk and Wv. Keys: x[2,1] is "
        "entry 1 of token 2; then q[2,1], k[2,1], v[2,1], score[1,2] (query 1 with key 2), scaled[1,2], weight[1,2], "
        "out[1,1]. With several heads score_1[1,2] ... and, before Wo, head_1[1,1]. "
        "Answers: scores, scaled, weights (scores_1 ... for heads), outputs.",
    )
    queries: Annotated[Any, ROWS] = Key(None, description="One row for each query, instead of inputs. Keys: q[1,2].")
    keys: Annotated[Any, ROWS] = Key(None, description="One row for each key. Keys: k[1,2].")
    values: Annotated[Any, ROWS] = Key(None, description="One row for each key's value. Keys: v[1,2].")
    Wq: Annotated[Any, WEIGHTS] = Key(None, description="Q = X Wq, or I; left out: Q = X. Keys: Wq[1,2].")
    Wk: Annotated[Any, WEIGHTS] = Key(None, description="K = X Wk, or I; left out: K = X. Keys: Wk[1,2].")
    Wv: Annotated[Any, WEIGHTS] = Key(None, description="V = X Wv, or I; left out: V = X. Keys: Wv[1,2].")
    Wo: Annotated[Any, WEIGHTS] = Key(None, description="The heads side by side times Wo. Keys: Wo[1,2].")
    heads: Annotated[Any, HEADS] = Key(
        1, description="Their number: the columns of Q, K and V are split; or a list, each with matrices of its own."
    )
    mask: Annotated[Any, MASK] = Key(
        "none", description="causal: no query looks at a later key; or a row for each query: 1 may look, 0 may not."
    )
    scaling: Annotated[bool, FLAG] = Key(
        True, description="Whether scores are divided by the root of d_k. Default true."
    )
