"""What a stranger says its tools are, made fit to be shown to a model and checked against."""

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp_types import CallToolResult

from adapters.mcp.names import public_name, server_of
from adapters.mcp.results import MOST_CHARACTERS, text_of
from adapters.mcp.schemas import DEEPEST, UnfitSchema, harmless
from adapters.schemas.json_schema import schema_mismatch
from application.ports.tools import ToolFailed
from domain.tool import ApprovalRule
from tests.adapters.mcp.conftest import Start, bad

ALLOWED = set(string.ascii_letters + string.digits + "_-")
SERVERS = st.from_regex(r"\A[a-z0-9-]{1,15}(_[a-z0-9-]{1,16})?\Z")


@given(SERVERS, SERVERS, st.text(), st.text())
def test_names_are_valid_and_differ_where_tools_do(one: str, two: str, first: str, second: str) -> None:
    a, b = public_name(one, first), public_name(two, second)
    for name, server in ((a, one), (b, two)):
        assert set(name) <= ALLOWED
        assert len(name) <= 64
        assert server_of(name) == server
    assert (a == b) == ((one, first) == (two, second))


def test_a_name_that_is_fit_stays_as_it_is() -> None:
    assert public_name("git", "search_issues") == "git__search_issues"
    assert public_name("git", "search.issues").startswith("git__search_issues_")


async def test_a_hostile_listing_is_taken_as_far_as_it_makes_sense(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    tools = start(
        bad=bad("hostile"), trusted=bad("hostile", trust_annotations=True, tools=("trusting",), approval="once")
    )
    listed = {tool.name: tool for tool in await tools.tools()}
    of_bad = {name: tool for name, tool in listed.items() if name.startswith("bad__")}
    assert [name[:20] for name in of_bad] == [
        *("bad__ok", "bad__n_me_with_space", "bad__name_with_space"),
        *("bad__longlonglonglon", "bad__trusting", "bad__pattern"),
    ]
    assert of_bad["bad__ok"].spec.description == "Answer."
    assert all(tool.approval is ApprovalRule.ALWAYS and not tool.is_idempotent for tool in of_bad.values())
    left_out = [record.getMessage() for record in caplog.records if "is left out" in record.getMessage()]
    assert [line.partition("'")[2].partition("'")[0] for line in left_out] == ["large", "chore"]
    trusting = listed.pop("trusted__trusting")
    assert (trusting.approval, trusting.is_idempotent) == (ApprovalRule.ONCE, True)
    assert not [name for name in listed if name.startswith("trusted__")]


async def test_a_listing_without_end_is_cut(start: Start) -> None:
    tools = await start(bad=bad("pages")).tools()
    assert [tool.name for tool in tools] == [f"bad__t{number}" for number in range(50)]


NESTED: dict[str, Any] = {}
for _ in range(DEEPEST + 1):
    NESTED = {"properties": {"x": NESTED}}
DOUBLING = {
    "$defs": {
        f"a{number}": {"allOf": [{"$ref": f"#/$defs/a{number - 1}"}] * 2} if number else {} for number in range(40)
    },
    "properties": {"x": {"$ref": "#/$defs/a39"}},
}
UNFIT: list[tuple[dict[str, Any], str]] = [
    ({"type": "string"}, "not an object"),
    ({"properties": {str(number): {} for number in range(20_000)}}, "larger than 64 KiB"),
    (NESTED, "nested too deeply"),
    (DOUBLING, "multiply"),
    ({"properties": {"x": {"$ref": "https://example.com/schema"}}}, "refers to what is not in it"),
    ({"$ref": "#/$defs/none"}, "refers to what is not in it"),
]


@pytest.mark.parametrize(("schema", "reason"), UNFIT, ids=[reason for _, reason in UNFIT])
def test_a_schema_that_would_cost_too_much_is_refused(schema: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnfitSchema, match=reason):
        harmless(schema)


def test_a_schema_of_itself_is_fine() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "value": {"type": "integer"}}}
    schema = harmless({"$defs": {"node": node}, "properties": {"first": {"$ref": "#/$defs/node"}}})
    assert schema["$defs"] == {"node": node}
    assert schema_mismatch({"first": {"next": {"next": {"value": 3}}}}, schema) is None
    assert schema_mismatch({"first": {"next": {"next": {"value": "3"}}}}, schema) is not None


def test_a_strangers_expressions_are_told_and_not_run() -> None:
    schema = harmless(
        {
            "type": "object",
            "properties": {
                "x": {"type": "string", "pattern": "^(a+)+$", "description": "Some a."},
                "pattern": {"type": "string", "default": {"pattern": "kept"}},
                "list": {"type": "array", "items": {"pattern": "[0-9]"}},
            },
            "patternProperties": {"^(a+)+$": {}},
            "additionalProperties": False,
        }
    )
    assert schema == {
        "type": "object",
        "properties": {
            "x": {"type": "string", "description": "Some a. (must match ^(a+)+$)"},
            "pattern": {"type": "string", "default": {"pattern": "kept"}},
            "list": {"type": "array", "items": {"description": "(must match [0-9])"}},
        },
    }
    assert schema_mismatch({"x": "a" * 100 + "!", "a" * 100 + "!": 1}, schema) is None


TEXT = {"type": "text", "text": "words"}
LINK = {"type": "resource_link", "name": "n", "uri": "a://b"}
UNSEEN = "[{0} of type {0}/{1}, 3 bytes, not shown]"
RESULTS: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({"content": []}, "Done."),
    "texts": ({"content": [TEXT, {"type": "text", "text": "more"}]}, "words\nmore"),
    "picture": (
        {"content": [{"type": "image", "data": "QUJD", "mimeType": "image/png"}]},
        UNSEEN.format("image", "png"),
    ),
    "sound": ({"content": [{"type": "audio", "data": "QUJD", "mimeType": "audio/wav"}]}, UNSEEN.format("audio", "wav")),
    "link": ({"content": [{**LINK, "description": "d"}]}, "[resource n: a://b] d"),
    "resource": ({"content": [{"type": "resource", "resource": {"uri": "a://b", "text": "x"}}]}, "[resource a://b]\nx"),
    "blob": (
        {"content": [{"type": "resource", "resource": {"uri": "a://b", "blob": "QUJD"}}]},
        "[resource a://b of type unknown, 3 bytes, not shown]",
    ),
    "structured": ({"content": [], "structuredContent": {"a": "é"}}, '{"a": "é"}'),
    "structured too": ({"content": [TEXT], "structuredContent": {"a": 1}}, 'words\n{"a": 1}'),
    "said already": ({"content": [{"type": "text", "text": '{"a":  1}'}], "structuredContent": {"a": 1}}, '{"a":  1}'),
    "said bare": ({"content": [TEXT], "structuredContent": {"result": "words"}}, "words"),
    "said as a number": ({"content": [{"type": "text", "text": "3"}], "structuredContent": {"result": 3}}, "3"),
}


@pytest.mark.parametrize(("result", "text"), RESULTS.values(), ids=RESULTS)
def test_a_result_as_text(result: dict[str, Any], text: str) -> None:
    assert text_of(CallToolResult.model_validate(result)) == text
    with pytest.raises(ToolFailed) as failed:
        text_of(CallToolResult.model_validate({**result, "isError": True}))
    assert str(failed.value) == (text if text != "Done." else "The tool failed and did not say why")


def test_a_long_result_is_cut() -> None:
    text = text_of(CallToolResult.model_validate({"content": [{"type": "text", "text": "x" * 1_000_000}]}))
    assert text == "x" * MOST_CHARACTERS + "\n[cut: 1,000,000 characters in all]"
