"""An embedding model from a folder: the same numbers as the formulas give, and clear words for a folder without one."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.local_embedder.embedder import LocalEmbedder, name_of
from adapters.local_embedder.wordpiece import WordPiece
from tests.support.tiny_bert import CONFIG, LONGEST, WORDS, TinyBert

PIECES = {word: number for number, word in enumerate(WORDS)}
TEXTS = ["one two", "one two words text one two words text", "", "unable!", "something unknown"]


def numbers(*pieces: str) -> list[int]:
    return [PIECES[piece] for piece in ("[CLS]", *pieces, "[SEP]")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return TinyBert().write(tmp_path)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("One TWO", ["one", "two"]),
        ("unable!words", ["un", "##able", "!", "words"]),
        ("gruße", ["gr", "##u", "##ße"]),
        ("grußs one", ["[UNK]", "one"]),
        ("Tëxt\u200b\ttwo\x00", ["text", "two"]),
        ("水one", ["[UNK]", "one"]),
        ("x" * 101, ["[UNK]"]),
        ("[SEP] one", ["[UNK]", "[UNK]", "[UNK]", "one"]),
        ("", []),
    ],
)
def test_words_become_the_longest_pieces_that_are_known(text: str, pieces: list[str]) -> None:
    assert WordPiece(PIECES, lower_case=True).encode(text, at_most=100) == numbers(*pieces)


def test_what_is_too_long_is_cut_before_its_end_mark() -> None:
    assert WordPiece(PIECES, lower_case=False).encode("one " * 50, at_most=4) == numbers("one", "one")


async def test_vectors_are_what_the_formulas_give(folder: Path) -> None:
    embeddings = await LocalEmbedder.from_folder(folder, name="tiny").embed(TEXTS)
    reference, words = TinyBert(), WordPiece(PIECES, lower_case=True)
    for text, vector in zip(TEXTS, embeddings.vectors, strict=True):
        assert vector == pytest.approx(reference.vector(words.encode(text, at_most=LONGEST)), abs=2e-5)
    assert (embeddings.model, embeddings.dimensions) == ("tiny", CONFIG["hidden_size"])


async def test_a_text_is_read_as_far_as_the_model_reads(folder: Path) -> None:
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 4}')
    embedder = LocalEmbedder.from_folder(folder, name="tiny")
    longer, shorter = (await embedder.embed(["one two text text text", "one two"])).vectors
    assert longer == pytest.approx(shorter, abs=1e-6)


@pytest.mark.parametrize(("own", "name"), [("someone/tiny-en/", "tiny-en"), (None, "folder"), ("", "folder")])
def test_a_model_is_called_as_it_calls_itself_or_else_as_its_folder(tmp_path: Path, own: str | None, name: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"_name_or_path": own}))
    assert name_of(folder) == name


def _write(name: str, value: object) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(value))

    return change


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda folder: (folder / "vocab.txt").unlink(), "vocab.txt is missing"),
        (_write("config.json", CONFIG | {"model_type": "t5"}), "not a BERT"),
        (_write("config.json", [1]), "no JSON object"),
        (_write("1_Pooling/config.json", {"pooling_mode_cls_token": True}), "mean"),
        (lambda folder: (folder / "vocab.txt").write_text("a\nb"), r"lacks \[CLS\]"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"\xff" * 100), "no safetensors"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"\x02" + b"\0" * 7 + b"{}"), "lack embeddings"),
    ],
)
def test_a_folder_without_a_model_is_refused_with_a_sentence(
    folder: Path, change: Callable[[Path], object], complaint: str
) -> None:
    change(folder)
    with pytest.raises(ValueError, match=complaint):
        LocalEmbedder.from_folder(folder, name="tiny")
