"""A scripted server on a real socket that speaks OpenAI's words and Anthropic's: what adapters are tested on.

    async with ScriptedProvider() as provider:      # provider.url is http://127.0.0.1:<port>/v1
        provider.queue.append(Script(status=503))   # the next request only
        provider.default = Script(words=30)         # every request that its model name says nothing about
        ...
        await provider.until(lambda: provider.calls[0].aborted)

How a request is answered is said, in this order, by the queue, by the request's model name and by the default. A model
name is read by `script_of`: presets and fields with commas between, e.g. `stall_mid`, `words=30,delay=0.01`,
`s503,fails=2`, `crlf,split=1`.

As a process of its own: `python -m tests.support.provider --port 0` prints its URL. `POST /__control` takes
`{"default": <script>, "queue": [<script>, ...], "forget": true}`, a script being a model name or an object of Script's
fields; `GET /__state` gives the calls, each with what was asked, how far the answer got and whether the client left.
"""

from tests.support.provider.call import Call
from tests.support.provider.script import Script, script_of
from tests.support.provider.server import ScriptedProvider

__all__ = ["Call", "Script", "ScriptedProvider", "script_of"]
