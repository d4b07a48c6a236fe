"""MessageRepository.branch: a path from a message to the root of a tree, read in pages."""

from dataclasses import dataclass

import pytest

from domain.branching import forks, newest_below
from domain.conversation import Conversation, MessageId
from domain.errors import MessageNotFound
from tests.support.builders import ALICE, add_conversation, ask, exchange, stored_conversation
from tests.support.databases import Database


@dataclass(frozen=True)
class Tree:
    """Two roots; below the first answer two siblings, of which the first goes on.

    root ─ hi ┬ left ─ L ─ further ─ F
              └ right ─ R
    other ─ O                          (the head)
    """

    conversation: Conversation
    id: dict[str, MessageId]


@pytest.fixture
async def tree(database: Database) -> Tree:
    conversation = await add_conversation(database)
    id: dict[str, MessageId] = {}

    async def say(question: str, answer: str, below: str | None = None) -> None:
        run = await exchange(database, conversation, question, answer, parent_id=id[below] if below else None)
        id[question], id[answer] = run.question_id, run.answer_id

    await say("root", "hi")
    await say("left", "L", below="hi")
    await say("right", "R", below="hi")
    await say("further", "F", below="L")
    await say("other", "O")
    return Tree(await stored_conversation(database, conversation.id), id)


async def branch(
    database: Database, tree: Tree, *, tip: str | None = None, before: str | None = None, limit: int = 100
) -> list[str]:
    async with database.read() as tx:
        path = await tx.messages.branch(
            tree.conversation,
            tip=tree.id[tip] if tip else None,
            before=tree.id[before] if before else None,
            limit=limit,
        )
    assert [message.parent_id for message in path[1:]] == [message.id for message in path[:-1]]
    return [message.text for message in path]


async def test_without_a_tip_it_is_the_path_to_the_head(database: Database, tree: Tree) -> None:
    assert await branch(database, tree) == ["other", "O"]


@pytest.mark.parametrize(
    ("tip", "path"),
    [
        ("root", ["root"]),
        ("hi", ["root", "hi"]),
        ("F", ["root", "hi", "left", "L", "further", "F"]),
        ("right", ["root", "hi", "right"]),
        ("R", ["root", "hi", "right", "R"]),
        ("O", ["other", "O"]),
    ],
)
async def test_siblings_and_other_roots_are_not_on_the_path(
    database: Database, tree: Tree, tip: str, path: list[str]
) -> None:
    assert await branch(database, tree, tip=tip) == path


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 7])
async def test_the_limit_keeps_the_last(database: Database, tree: Tree, limit: int) -> None:
    whole = ["root", "hi", "left", "L", "further", "F"]
    assert await branch(database, tree, tip="F", limit=limit) == whole[-limit:]


@pytest.mark.parametrize(("before", "above"), [("F", 5), ("further", 4), ("L", 3), ("left", 2), ("hi", 1), ("root", 0)])
async def test_before_a_message_are_those_above_it(database: Database, tree: Tree, before: str, above: int) -> None:
    whole = ["root", "hi", "left", "L", "further", "F"]
    assert await branch(database, tree, tip="F", before=before) == whole[:above]
    assert await branch(database, tree, tip="F", before=before, limit=2) == whole[:above][-2:]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
async def test_pages_have_no_gap_and_no_repetition_while_the_branch_grows(
    database: Database, tree: Tree, size: int
) -> None:
    seen: list[str] = []
    before, asked = None, 0
    while page := await branch(database, tree, tip="F", before=before, limit=size):
        seen = page + seen
        before, asked = page[0], asked + 1
        await exchange(database, tree.conversation, f"more {asked}", "more", parent_id=tree.id["F"])
    assert seen == ["root", "hi", "left", "L", "further", "F"]


async def test_a_question_below_any_message_becomes_the_head(database: Database, tree: Tree) -> None:
    run = await ask(database, tree.conversation, "again", parent_id=tree.id["R"])
    moved = await stored_conversation(database, tree.conversation.id, owner=ALICE)
    assert moved.head_id == run.answer_id
    async with database.read() as tx:
        path = await tx.messages.branch(moved, limit=100)
    assert [message.text for message in path] == ["root", "hi", "right", "R", "again", ""]


async def test_the_links_tell_where_it_forks_and_where_each_branch_ends(database: Database, tree: Tree) -> None:
    other = await add_conversation(database)
    elsewhere = await exchange(database, other, "elsewhere", "E")
    async with database.read() as tx:
        links = await tx.messages.links(tree.conversation)
    assert {id for id, _ in links} == set(tree.id.values())
    found = [(fork.parent_id, fork.message_ids) for fork in forks(links)]
    assert found == [
        (None, (tree.id["root"], tree.id["other"])),
        (tree.id["hi"], (tree.id["left"], tree.id["right"])),
    ]
    ends = {name: newest_below(links, tree.id[name]) for name in ("root", "left", "right", "other", "F")}
    assert ends == {name: tree.id[end] for name, end in zip(ends, ("F", "F", "R", "O", "F"), strict=True)}
    assert elsewhere.question_id not in dict(links)


async def test_the_head_moves_to_any_message_of_the_conversation_and_no_other(database: Database, tree: Tree) -> None:
    other = await add_conversation(database)
    elsewhere = await exchange(database, other, "elsewhere", "E")
    async with database.begin() as tx:
        await tx.messages.move_head(tree.conversation, tree.id["R"])
        await tx.commit()
    moved = await stored_conversation(database, tree.conversation.id)
    assert (moved.head_id, moved.updated_at) == (tree.id["R"], tree.conversation.updated_at)
    async with database.begin() as tx:
        with pytest.raises(MessageNotFound):
            await tx.messages.move_head(tree.conversation, elsewhere.answer_id)
