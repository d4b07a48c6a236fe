"""A misbehaving MCP server of 2025-11-25 on standard input and output; each of its tools is another way to misbehave.

Run as a script, with the standard library alone, so that it is there at once. Its argument is how it misbehaves before
any tool is called.
"""

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

DESCRIPTIONS = {"ok": "Answer.", "orphan": "x" * 100_000}
HOSTILE: list[dict[str, Any]] = [
    {"name": "ok"},
    {"name": "ok", "description": "a second one"},
    {"name": "näme with spaces", "inputSchema": {"type": "object"}},
    {"name": "name with spaces", "inputSchema": {"type": "object"}},
    {"name": "long" * 40, "inputSchema": {"type": "object"}},
    {"name": "large", "inputSchema": {"type": "object", "properties": {"x": {"description": "x" * 100_000}}}},
    {"name": "trusting", "annotations": {"idempotentHint": True, "readOnlyHint": True}},
    {"name": "chore", "execution": {"taskSupport": "required"}},
    {
        "name": "pattern",
        "inputSchema": {"type": "object", "properties": {"x": {"type": "string", "pattern": "(a+)+$"}}},
    },
]
TOOLS = [
    *(
        "ok",
        "large",
        "endless",
        "flood",
        "answers",
        "requests",
        "die",
        "garbage",
        "silent",
        "work",
        "deep",
        "ask",
        "rename",
    ),
    *("shape", "error", "meet", "environment", "orphan", "freeze", "empty", "fail"),
]
held: list[Any] = []


def send(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def answer(id: Any, text: str, **more: Any) -> None:
    send({"id": id, "result": {"content": [{"type": "text", "text": text}], **more}})


def listing(params: dict[str, Any]) -> dict[str, Any]:
    if how == "pages":
        number = int(params.get("cursor", 0))
        return {"tools": [described({"name": f"t{number}"})], "nextCursor": str(number + 1)}
    return {
        "tools": [described(tool) for tool in (HOSTILE if how == "hostile" else [{"name": name} for name in TOOLS])]
    }


def described(tool: dict[str, Any]) -> dict[str, Any]:
    usual = {"description": DESCRIPTIONS.get(tool["name"], ""), "inputSchema": {"type": "object"}}
    return {**usual, **tool}


def called(id: Any, name: str, given: dict[str, Any]) -> None:
    match name:
        case "large":
            answer(id, "x" * int(given["megabytes"] * 1_000_000))
        case "endless":
            while True:
                sys.stdout.write("x" * 100_000)
        case "flood":
            for number in range(given["messages"]):
                send({"method": "notifications/message", "params": {"level": "info", "data": number}})
            answer(id, "after the flood")
        case "answers":
            while True:
                send({"id": 123_456, "result": {}})
        case "requests":
            while True:
                send({"id": 1, "method": "sampling/createMessage", "params": {"messages": [], "maxTokens": 1}})
        case "die":
            sys.stderr.write("first words\nlast words\n")
            os._exit(3)
        case "garbage":
            sys.stdout.write("hello\n{\n\n[1]\nnull\n" + "[" * 100_000 + "\n\xff\n")
            answer(id, "after the garbage")
        case "silent":
            pass
        case "work":
            time.sleep(given["seconds"])
            answer(id, "worked")
        case "freeze":
            os.kill(os.getpid(), signal.SIGSTOP)
        case "deep":
            sys.stdout.write(f'{{"jsonrpc": "2.0", "id": {id}, "result": {"[" * 100_000}{"]" * 100_000}}}\n')
            sys.stdout.flush()
        case "ask":
            held.append(id)
            send({"id": "mine", "method": "sampling/createMessage", "params": {"messages": [], "maxTokens": 1}})
        case "rename":
            DESCRIPTIONS["ok"] = given["words"]
            send({"method": "notifications/tools/list_changed"})
            answer(id, "renamed")
        case "shape":
            send({"id": id, "result": {"content": "words"}})
        case "error":
            send({"id": id, "error": {"code": -32000, "message": "not today " + "x" * 10_000}})
        case "meet":
            held.append(id)
            if len(held) == given["people"]:
                while held:
                    answer(held.pop(), "met")
        case "environment":
            answer(id, json.dumps(dict(os.environ)))
        case "orphan":
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], stdin=subprocess.DEVNULL)
            answer(id, f"{os.getpid()} {child.pid}")
        case "empty":
            send({"id": id, "result": {"content": []}})
        case "fail":
            answer(id, "it cannot be done", isError=True)
        case _:
            answer(id, "ok")


def heard(message: dict[str, Any]) -> None:
    id, method, params = message.get("id"), message.get("method"), message.get("params") or {}
    match method:
        case None if id == "mine":
            answer(held.pop(), message.get("error", {}).get("message", "was answered"))
        case "initialize":
            capabilities = {"tools": {"listChanged": True}}
            info = {
                "protocolVersion": "2025-11-25",
                "capabilities": capabilities,
                "serverInfo": {"name": "bad", "version": "1"},
            }
            send({"id": id, "result": info})
        case "tools/list":
            send({"id": id, "result": listing(params)})
        case "tools/call":
            called(id, params["name"], params.get("arguments") or {})
        case _ if id is not None:
            send({"id": id, "error": {"code": -32601, "message": "Method not found"}})


how = sys.argv[1] if len(sys.argv) > 1 else ""
if how == "mute":
    time.sleep(1000)
if how == "crash":
    sys.exit("no configuration")
for line in sys.stdin:
    heard(json.loads(line))
