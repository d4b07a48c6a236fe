"""Reads the weights of a model: https://github.com/huggingface/safetensors#format."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
LONGEST_HEADER = 100_000_000

Weights = dict[str, NDArray[np.float32]]


def read_weights(path: Path) -> Weights:
    """Every tensor of floating point numbers by its name, as float32. Raise ValueError when the file is none of these.

    A file of float32 is mapped into memory, so processes share it and what is not used is not read.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 0 < length <= min(LONGEST_HEADER, path.stat().st_size):
            raise ValueError(f"{path.name} is no safetensors file")
        header: dict[str, Any] = json.loads(file.read(length))
    data = np.memmap(path, np.uint8, "r", offset=8 + length)
    header.pop("__metadata__", None)
    return {name: _tensor(data, name, entry) for name, entry in header.items() if entry["dtype"] in KINDS}


def _tensor(data: NDArray[np.uint8], name: str, entry: dict[str, Any]) -> NDArray[np.float32]:
    start, end = entry["data_offsets"]
    if not 0 <= start <= end <= len(data):
        raise ValueError(f"the weights {name} lie outside the file")
    tensor = data[start:end].view(KINDS[entry["dtype"]]).reshape(entry["shape"])
    return tensor.astype(np.float32, copy=False)
