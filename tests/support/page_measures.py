"""What the chat page is measured with, and conversations that are long enough to be worth it."""

import httpx2

from tests.support.app import Parley

NOTE_STREAM = """
window.streamed = { arrived: 0, painted: 0, frames: 0 }
const read = ReadableStreamDefaultReader.prototype.read
ReadableStreamDefaultReader.prototype.read = async function () {
  const piece = await read.call(this)
  if (!streamed.arrived && typeof piece.value === 'string' && piece.value.includes('"text_delta"')) {
    streamed.arrived = performance.now()
    const count = () => {
      streamed.frames += 1
      if (document.querySelector('.prose')) streamed.painted = performance.now()
      else requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
  }
  return piece
}
"""
"""When the first word of an answer has reached the page, and when and in which frame it is there to be painted."""

NOTE_QUESTION = """
window.asked = { pressed: 0, shown: 0 }
addEventListener('keydown', ({ key }) => key === 'Enter' && (asked = { pressed: performance.now(), shown: 0 }), true)
new MutationObserver(() => {
  if (asked.pressed && !asked.shown && document.querySelector('.question')) asked.shown = performance.now()
}).observe(document, { subtree: true, childList: true })
"""
"""When Enter was pressed, and when a question was there."""

NOTE_SHIFTS = """
window.shifted = 0
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) if (!shift.hadRecentInput) shifted += shift.value
}).observe({ type: 'layout-shift', buffered: true })
"""
"""How much moved that nobody moved (Cumulative Layout Shift, without windows)."""

NOTE_TIMERS = """
window.timers = 0
for (const [set, clear, once] of [['setTimeout', 'clearTimeout', true], ['setInterval', 'clearInterval', false]]) {
  const [begin, end, going] = [window[set], window[clear], new Set()]
  window[set] = (work, ...rest) => {
    const id = begin(() => { if (once) end2(id); work() }, ...rest)
    going.add(id)
    timers += 1
    return id
  }
  const end2 = (id) => { if (going.delete(id)) timers -= 1 }
  window[clear] = (id) => { end2(id); end(id) }
}
"""
"""How many timers are going."""


NOTE_FRAMES = """
window.frames_ = { stamps: [], tasks: [] }
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) frames_.tasks.push(task.duration)
}).observe({ type: 'longtask' })
const tick = (now) => { frames_.stamps.push(now); requestAnimationFrame(tick) }
requestAnimationFrame(tick)
"""
"""When every frame was, and how long every task over 50 ms took."""

NOTE_KEYS = """
window.keys = []
addEventListener('keydown', () => {
  const pressed = performance.now()
  requestAnimationFrame(() => {
    const painted = new MessageChannel()
    painted.port1.onmessage = () => keys.push(performance.now() - pressed)
    painted.port2.postMessage(0)
  })
}, true)
"""
"""From each key to behind the frame that shows it, in ms."""

NOTE_READY = """
window.ready = 0
new MutationObserver(() => {
  if (!ready && document.activeElement?.matches('textarea')) ready = performance.now()
}).observe(document, { subtree: true, childList: true, attributes: true })
addEventListener('focusin', () => { ready ||= performance.now() })
"""
"""When the composer was there and had the focus, in ms since the navigation began."""


async def stored_conversation(app: Parley, messages: int) -> str:
    """The address of a conversation of so many messages, of different heights."""
    return await stored_messages(app.http, messages)


async def stored_messages(http: httpx2.AsyncClient, messages: int) -> str:
    id = (await http.post("/v1/conversations", json={})).json()["id"]
    said = [
        {
            "type": "message",
            "role": "assistant" if n % 2 else "user",
            "content": f"Number {n}. " + "words " * (n % 7) * 30,
        }
        for n in range(messages)
    ]
    for start in range(0, messages, 20):
        stored = await http.post(f"/v1/conversations/{id}/items", json={"items": said[start : start + 20]})
        assert stored.status_code == 200, stored.text
    return f"/c/{(await http.get('/conversations')).json()[0]['id']}"
