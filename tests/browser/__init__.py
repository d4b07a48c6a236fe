"""The chat page in a real browser, over the real application and a scripted provider, all on sockets.

How a test is written:

    async def test_12_stop_ends_the_run(chat: ChatPage, provider: ScriptedProvider) -> None:
        provider.queue.append(Script(fault="stall", at=3))      # three words, and then nothing more
        await chat.open()
        await chat.send("Hello")
        await chat.says("w0 w1 w2")                             # waits for it

`chat` is a page of a fresh browser context (tests/support/chat_page.py: what a person can do there, add to it), over an
application on SQLite of its own. A test fails at its end when the page said an error on its console or when the content
security policy refused something; `chat.expects("...")` names what is meant to be said there. Wait for conditions,
never for time: `expect(...)` of Playwright waits by itself, `until` of tests/support/app.py for what is no element.

A test that covers a row of the checklist bears its number. All tests of this folder share one event loop and one
browser a process; where there is no browser or no node they are not collected, and pytest's header and summary say so
loudly (with BROWSER=required, as in .ci/run, that is an error instead).
"""
