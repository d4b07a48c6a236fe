"""Whatever the network does to an event stream, the same events come out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.http.sse import EventTooLong, SseSplitter


def events_of(*chunks: bytes) -> list[bytes]:
    splitter = SseSplitter()
    return [event for chunk in chunks for event in splitter.feed(chunk)] + splitter.close()


def every_byte(stream: bytes) -> list[bytes]:
    return [stream[i : i + 1] for i in range(len(stream))]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: a\n\ndata: b\n\n", [b"a", b"b"]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", [b"a", b"b"]),
        (b"data: a\r\rdata: b\r\r", [b"a", b"b"]),
        (b"data: a\r\n\ndata: b\n\r\n", [b"a", b"b"]),
        (b"data:a\n\n", [b"a"]),
        (b"data:  a\n\n", [b" a"]),
        (b": ping\n\ndata: a\n\n: ping\n\n", [b"a"]),
        (b": ping\ndata: a\n: pong\n\n", [b"a"]),
        (b"event: chunk\nid: 7\nretry: 10\ndata: a\n\n", [b"a"]),
        (b"data: a\ndata: b\n\n", [b"a\nb"]),
        (b"\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\n", [b"a", b"b"]),
        (b"\n\n\n\ndata: a\n\n\n\n\ndata: b\n\n", [b"a", b"b"]),
        (b"data\n\ndata:\n\n", []),
        (b"data: a\n\ndata: unfinished", [b"a", b"unfinished"]),
        ("data: Grüße 🦜\n\n".encode(), ["Grüße 🦜".encode()]),
        (b"", []),
    ],
)
def test_a_stream_gives_its_events_whole_or_byte_by_byte(stream: bytes, events: list[bytes]) -> None:
    assert events_of(stream) == events
    assert events_of(*every_byte(stream)) == events


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\r\r"])
def test_an_event_comes_out_with_the_byte_that_completes_it(end: bytes) -> None:
    splitter = SseSplitter()
    stream = b"data: a" + end
    given = [splitter.feed(byte) for byte in every_byte(stream)]
    complete = len(stream) - (1 if end != b"\r\n\r\n" else 2)  # a CR may be all there is to a line end
    assert [i for i, events in enumerate(given) if events] == [complete]


LINES = st.sampled_from(
    [b"data: a", b"data: {}", b"data:", b"data", b": comment", b"event: x", b"\xef\xbb\xbfdata: b", b"", b"", b"odd"]
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
LIKELY = st.lists(st.tuples(LINES, ENDS)).map(lambda pairs: b"".join(line + end for line, end in pairs))


@given(st.one_of(LIKELY, st.binary(max_size=60)), st.data())
def test_any_chunking_of_any_stream_gives_the_same_events(stream: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    chunks = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert events_of(*chunks) == events_of(stream) == events_of(*every_byte(stream))


def feed_for_ever(splitter: SseSplitter, chunk: bytes) -> None:
    for _ in range(1000):
        splitter.feed(chunk)


@pytest.mark.parametrize("chunk", [b"data: " + b"x" * 100, b"data: x\n"])
def test_an_event_without_an_end_is_not_kept_for_ever(chunk: bytes) -> None:
    splitter = SseSplitter(longest_event_bytes=1000)
    with pytest.raises(EventTooLong, match=r"1,000 bytes"):
        feed_for_ever(splitter, chunk)


@pytest.mark.parametrize(("stream", "foreign"), [(b"<!DOCTYPE html>\n", True), (b": ping\ndata: {}\n\nid\n\n", False)])
def test_it_tells_what_is_no_event_stream(stream: bytes, foreign: bool) -> None:
    splitter = SseSplitter()
    splitter.feed(stream)
    splitter.close()
    assert splitter.foreign is foreign
