"""The forward pass of BERT (J. Devlin et al., 2018) and the mean of its last layer, in numpy.

Texts are not padded: their tokens lie one after the other, and only attention looks at each text by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from adapters.local_embedder.safetensors import Weights

Array = NDArray[np.float32]
ACTIVATION = "gelu"


@dataclass(frozen=True, slots=True)
class Shape:
    layers: int
    heads: int
    size: int
    longest: int
    epsilon: float

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """A model's `config.json`. Raise ValueError for another kind of model."""
        kind, activation = config.get("model_type"), config.get("hidden_act")
        if (
            kind != "bert"
            or activation != ACTIVATION
            or config.get("position_embedding_type", "absolute") != "absolute"
        ):
            raise ValueError(f"the model is not a BERT with {ACTIVATION} and absolute positions: {kind}, {activation}")
        return cls(
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            size=config["hidden_size"],
            longest=config["max_position_embeddings"],
            epsilon=config.get("layer_norm_eps", 1e-12),
        )


class Bert:
    """Raise ValueError for the weights of another model."""

    def __init__(self, weights: Weights, shape: Shape) -> None:
        self.shape = shape
        self._weights = {name.removeprefix("bert."): tensor for name, tensor in weights.items()}
        for name in ("embeddings.word_embeddings", f"encoder.layer.{shape.layers - 1}.output.dense"):
            if f"{name}.weight" not in self._weights:
                raise ValueError(f"the weights lack {name}")

    def embed(self, texts: Sequence[Sequence[int]]) -> Array:
        """One vector of length 1 a text: the mean over its tokens."""
        ends = np.cumsum([len(text) for text in texts])
        spans = list(zip([0, *ends[:-1]], ends, strict=True))
        state = self._embeddings(texts)
        for layer in range(self.shape.layers):
            state = self._layer(state, f"encoder.layer.{layer}", spans)
        means = np.stack([state[start:end].mean(axis=0) for start, end in spans])
        lengths = np.linalg.norm(means, axis=1, keepdims=True)
        vectors: Array = means / np.maximum(lengths, np.float32(1e-12))
        return vectors

    def _embeddings(self, texts: Sequence[Sequence[int]]) -> Array:
        named = self._weights
        words = named["embeddings.word_embeddings.weight"][np.concatenate([np.asarray(text) for text in texts])]
        places = named["embeddings.position_embeddings.weight"][
            np.concatenate([np.arange(len(text)) for text in texts])
        ]
        kinds = named["embeddings.token_type_embeddings.weight"][0]
        return self._normal(words + places + kinds, "embeddings.LayerNorm")

    def _layer(self, state: Array, name: str, spans: list[tuple[int, int]]) -> Array:
        query, key, value = (self._linear(state, f"{name}.attention.self.{part}") for part in ("query", "key", "value"))
        seen = np.concatenate(
            [self._attention(query[start:end], key[start:end], value[start:end]) for start, end in spans]
        )
        state = self._normal(
            state + self._linear(seen, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm"
        )
        inner = _gelu(self._linear(state, f"{name}.intermediate.dense"))
        return self._normal(state + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _attention(self, query: Array, key: Array, value: Array) -> Array:
        tokens, size = query.shape
        heads = self.shape.heads
        query, key, value = (
            part.reshape(tokens, heads, size // heads).transpose(1, 0, 2) for part in (query, key, value)
        )
        scores = query @ key.transpose(0, 2, 1)
        scores *= np.float32((size // heads) ** -0.5)
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        seen: Array = np.matmul(scores, value)
        return seen.transpose(1, 0, 2).reshape(tokens, size)

    def _linear(self, state: Array, name: str) -> Array:
        out: Array = state @ self._weights[f"{name}.weight"].T
        out += self._weights[f"{name}.bias"]
        return out

    def _normal(self, state: Array, name: str) -> Array:
        centred: Array = state - state.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(self.shape.epsilon))
        centred /= spread
        centred *= self._weights[f"{name}.weight"]
        centred += self._weights[f"{name}.bias"]
        return centred


def _gelu(x: Array) -> Array:
    """x times the normal distribution's share below it, by M. Abramowitz, I. Stegun (1964), formula 7.1.26."""
    z = np.abs(x) * np.float32(0.5**0.5)
    t = np.float32(1) / (np.float32(1) + np.float32(0.3275911) * z)
    tail = t * np.float32(1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail += np.float32(factor)
        tail *= t
    tail *= np.exp(-z * z) * np.float32(0.5)  # half of 1 - erf(z)
    out: Array = x * np.where(x >= 0, np.float32(1) - tail, tail)
    return out
