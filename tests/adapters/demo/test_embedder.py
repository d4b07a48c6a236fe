"""Vectors from letters."""

import asyncio
import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import adapters
from adapters.demo.embedder import HashingEmbedder


async def vectors(*texts: str) -> list[list[float]]:
    return (await HashingEmbedder().embed(texts)).vectors


def likeness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_there_is_a_vector_of_length_one_a_text_in_order() -> None:
    embeddings = await HashingEmbedder().embed(["One bird.", "Two birds."])
    assert (embeddings.dimensions, embeddings.model) == (256, "demo:hashing")
    assert [len(vector) for vector in embeddings.vectors] == [256, 256]
    assert [math.hypot(*vector) for vector in embeddings.vectors] == [pytest.approx(1), pytest.approx(1)]
    assert embeddings.vectors[1] == (await vectors("Two birds."))[0]


async def test_the_number_of_dimensions_is_a_choice() -> None:
    embeddings = await HashingEmbedder(dimensions=8).embed(["One bird."])
    assert (embeddings.dimensions, len(embeddings.vectors[0])) == (8, 8)


async def test_it_says_that_it_knows_letters_only() -> None:
    assert HashingEmbedder.lexical
    car, cars, automobile = await vectors("a red car", "red cars", "scarlet automobile")
    assert likeness(car, cars) > 0.5 > likeness(car, automobile)


@pytest.mark.parametrize("text", ["", " \n", "?!", "🙂"])
async def test_a_text_without_words_is_the_zero_vector(text: str) -> None:
    assert await vectors(text) == [[0.0] * 256]


async def test_case_width_and_punctuation_do_not_matter() -> None:
    plain, dressed = await vectors("hello world 42", "HELLO, “ｗｏｒｌｄ”: ４２!")
    assert plain == pytest.approx(dressed)


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("猫喜欢什么", "我的猫喜欢鱼", "今天下雨了"),
        ("नमस्ते दुनिया", "दुनिया को नमस्ते", "मौसम अच्छा है"),
        ("привет, мир", "Мир, привет!", "хорошая погода"),
    ],
)
async def test_letters_of_every_script_count(question: str, near: str, far: str) -> None:
    asked, closer, farther = await vectors(question, near, far)
    assert likeness(asked, closer) > likeness(asked, farther) + 0.05


async def test_a_vector_is_the_same_in_another_process() -> None:
    program = (
        "import asyncio; from adapters.demo.embedder import HashingEmbedder;"
        "print(asyncio.run(HashingEmbedder(8).embed(['Grüße, world 42'])).vectors[0])"
    )
    root = Path(adapters.__file__).parents[1]
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=subprocess.PIPE, cwd=root)
    printed, _ = await process.communicate()
    assert printed.decode().strip() == str((await HashingEmbedder(8).embed(["Grüße, world 42"])).vectors[0])


@given(st.text())
def test_every_text_has_a_finite_vector(text: str) -> None:
    vector = asyncio.run(vectors(text))[0]
    assert math.hypot(*vector) == pytest.approx(1) or not any(vector)


async def test_other_work_goes_on_while_a_long_text_is_embedded() -> None:
    embedding = asyncio.create_task(vectors(*[" ".join(map(str, range(5000)))] * 3))
    turns = 0
    async with asyncio.timeout(30):
        while not embedding.done():
            turns += 1
            await asyncio.sleep(0.001)
    assert turns > 3
