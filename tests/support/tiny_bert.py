"""A BERT of a few numbers in a folder, and what it must answer, worked out term by term in plain Python."""

import json
import math
import random
from pathlib import Path

import numpy as np

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "one",
    "two",
    "words",
    "text",
    "gr",
    "##u",
    "##ße",
    "##s",
    "un",
    "##able",
    "!",
]
SIZE, HEADS, LAYERS, INNER, LONGEST = 16, 4, 2, 32, 12
CONFIG = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "hidden_size": SIZE,
    "num_attention_heads": HEADS,
    "num_hidden_layers": LAYERS,
    "intermediate_size": INNER,
    "max_position_embeddings": LONGEST,
    "layer_norm_eps": 1e-12,
}
Row = list[float]
Tensor = list[Row]


def shapes() -> dict[str, tuple[int, ...]]:
    named: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(WORDS), SIZE),
        "embeddings.position_embeddings.weight": (LONGEST, SIZE),
        "embeddings.token_type_embeddings.weight": (2, SIZE),
    }
    linear = {
        f"encoder.layer.{layer}.{name}": shape
        for layer in range(LAYERS)
        for name, shape in {
            "attention.self.query": (SIZE, SIZE),
            "attention.self.key": (SIZE, SIZE),
            "attention.self.value": (SIZE, SIZE),
            "attention.output.dense": (SIZE, SIZE),
            "intermediate.dense": (INNER, SIZE),
            "output.dense": (SIZE, INNER),
        }.items()
    }
    norms = ["embeddings", *(f"encoder.layer.{n}.{part}output" for n in range(LAYERS) for part in ("attention.", ""))]
    for name, (rows, columns) in linear.items():
        named |= {f"{name}.weight": (rows, columns), f"{name}.bias": (rows,)}
    for name in norms:
        named |= {f"{name}.LayerNorm.weight": (SIZE,), f"{name}.LayerNorm.bias": (SIZE,)}
    return named


class TinyBert:
    """`write` makes the folder; `vector` is the answer to the numbers of a text's tokens."""

    def __init__(self, seed: int = 1) -> None:
        rng = random.Random(seed)
        self.weights = {name: [rng.gauss(0, 0.5) for _ in range(math.prod(shape))] for name, shape in shapes().items()}

    def write(self, folder: Path) -> Path:
        header, data = {}, b""
        for name, shape in shapes().items():
            tensor = np.asarray(self.weights[name], "<f4").tobytes()
            header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(tensor)]}
            data += tensor
        head = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
        (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + data)
        (folder / "config.json").write_text(json.dumps(CONFIG))
        (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
        return folder

    def vector(self, tokens: list[int]) -> Row:
        state = [
            [
                a + b + c
                for a, b, c in zip(
                    self._row("word", token), self._row("position", place), self._row("token_type", 0), strict=True
                )
            ]
            for place, token in enumerate(tokens)
        ]
        state = self._normal(state, "embeddings")
        for layer in range(LAYERS):
            state = self._layer(state, f"encoder.layer.{layer}")
        mean = [sum(column) / len(state) for column in zip(*state, strict=True)]
        length = math.hypot(*mean)
        return [number / length for number in mean]

    def _layer(self, state: Tensor, name: str) -> Tensor:
        query, key, value = (self._linear(state, f"{name}.attention.self.{part}") for part in ("query", "key", "value"))
        seen = [[0.0] * SIZE for _ in state]
        width = SIZE // HEADS
        for head in range(HEADS):
            own = range(head * width, head * width + width)
            for at, asking in enumerate(query):
                scores = [math.exp(sum(asking[i] * other[i] for i in own) / math.sqrt(width)) for other in key]
                for i in own:
                    seen[at][i] = sum(score * other[i] for score, other in zip(scores, value, strict=True)) / sum(
                        scores
                    )
        state = self._normal(
            _sum(state, self._linear(seen, f"{name}.attention.output.dense")), f"{name}.attention.output"
        )
        inner = [
            [x * (1 + math.erf(x / math.sqrt(2))) / 2 for x in row]
            for row in self._linear(state, f"{name}.intermediate.dense")
        ]
        return self._normal(_sum(state, self._linear(inner, f"{name}.output.dense")), f"{name}.output")

    def _row(self, kind: str, at: int) -> Row:
        return self.weights[f"embeddings.{kind}_embeddings.weight"][at * SIZE : at * SIZE + SIZE]

    def _linear(self, state: Tensor, name: str) -> Tensor:
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        width = len(weight) // len(bias)
        rows = [weight[at : at + width] for at in range(0, len(weight), width)]
        return [[sum(map(float.__mul__, x, row)) + b for row, b in zip(rows, bias, strict=True)] for x in state]

    def _normal(self, state: Tensor, name: str) -> Tensor:
        weight, bias = self.weights[f"{name}.LayerNorm.weight"], self.weights[f"{name}.LayerNorm.bias"]
        out = []
        for row in state:
            mean = sum(row) / SIZE
            spread = math.sqrt(sum((x - mean) ** 2 for x in row) / SIZE)
            out.append([(x - mean) / spread * w + b for x, w, b in zip(row, weight, bias, strict=True)])
        return out


def _sum(one: Tensor, other: Tensor) -> Tensor:
    return [[a + b for a, b in zip(x, y, strict=True)] for x, y in zip(one, other, strict=True)]
