// The AI SDK as pages use it, against a running server. Given on stdin:
// { url, provider, cases: [{ live, replay, expected, resets }] }, the cases being streams of one answer, as it is written
// and later, and the message that is stored.
import * as seven from 'ai';
import * as six from 'ai-6';
import { Chat } from '@ai-sdk/react';
import { assert, check, finish, given, same, until } from './harness.mjs';

const { url, provider, cases } = await given();
const api = `${url}/ai-sdk/chat`;
const FOR_EVER = 'words=6000,delay=0.01';

/** The state that version 6 wants from its framework. */
class PlainState {
  status = 'ready';
  error = undefined;
  constructor(messages = []) {
    this.messages = messages;
  }
  pushMessage = (message) => void (this.messages = [...this.messages, message]);
  popMessage = () => void (this.messages = this.messages.slice(0, -1));
  replaceMessage = (at, message) => void (this.messages = this.messages.with(at, structuredClone(message)));
  snapshot = (thing) => structuredClone(thing);
}

class PlainChat extends six.AbstractChat {
  constructor({ messages, ...init }) {
    super({ ...init, state: new PlainState(messages) });
  }
}

const VERSIONS = { 'ai 7': { sdk: seven, Chat }, 'ai 6': { sdk: six, Chat: PlainChat } };

/** What the provider says next, as tests/support/provider spells it. */
async function script(...queue) {
  const response = await fetch(`${provider}/__control`, { method: 'POST', body: JSON.stringify({ queue }) });
  assert(response.ok, await response.text());
}

async function stored(id) {
  const response = await fetch(`${api}/${encodeURIComponent(id)}`);
  assert.equal(response.status, 200);
  return response.json();
}

async function stop({ id }) {
  return (await fetch(`${api}/${encodeURIComponent(id)}/stop`, { method: 'POST' })).json();
}

const textOf = (message) => message.parts.filter((part) => part.type === 'text').map((part) => part.text).join('');

/** The page's questions have names of its own and no metadata; all else is what is stored. */
function sameAsStored(messages, stored) {
  const mine = messages.map((message, at) =>
    message.role === 'user' ? { ...message, id: stored[at]?.id, metadata: stored[at]?.metadata } : message,
  );
  same(mine, stored);
}

for (const [version, { sdk, Chat }] of Object.entries(VERSIONS)) {
  const transport = (more = {}) => new sdk.DefaultChatTransport({ api, ...more });
  let count = 0;
  const chat = (more = {}) => new Chat({ id: `${version}/${++count}`, transport: transport(), ...more });
  const reopened = async (other, more = {}) => chat({ id: other.id, messages: await stored(other.id), ...more });
  const running = (page) => until(() => page.lastMessage?.role === 'assistant' && textOf(page.lastMessage));

  await check(`${version}: a page ends up with what is stored, however the answer came about`, async () => {
    const headers = { 'content-type': 'text/event-stream' };
    for (const { live, replay, expected, resets } of cases) {
      const answer = async (_, { method }) => new Response(method === 'POST' ? live : replay, { headers });
      const page = chat({ transport: transport({ fetch: answer }) });
      await page.sendMessage({ text: 'Hi' });
      const knowsResets = version !== 'ai 6';
      assert.equal(page.status, resets && !knowsResets ? 'error' : 'ready', page.error?.message);
      if (page.status === 'ready') same(page.lastMessage, expected, live);
      await page.resumeStream();
      assert.equal(page.status, 'ready', page.error?.message);
      same(page.lastMessage, expected, replay);
      assert.equal(page.messages.length, 2);
    }
  });

  await check(`${version}: it asks, goes on, edits and regenerates`, async () => {
    const page = chat({ transport: transport({ body: { model: 'openai:echo', temperature: 0.5 } }) });
    await page.sendMessage({ text: 'one' });
    await page.sendMessage({ text: 'two' });
    assert.deepEqual(page.messages.map(textOf), ['one', 'one', 'two', 'two']);
    sameAsStored(page.messages, await stored(page.id));
    await page.sendMessage({ text: 'zwei', messageId: page.messages[2].id });
    await page.regenerate();
    await page.regenerate({ messageId: page.messages[1].id });
    assert.deepEqual(page.messages.map(textOf), ['one', 'one']);
    sameAsStored(page.messages, await stored(page.id));
    const later = await reopened(page, { transport: transport({ body: { model: 'openai:echo' } }) });
    await later.sendMessage({ text: 'three' });
    assert.equal(textOf(later.lastMessage), 'three');
    sameAsStored(later.messages, await stored(page.id));
  });

  await check(`${version}: what the model thinks and how it ends arrive`, async () => {
    await script('reasoning,words=2', 'length');
    const ends = [];
    const page = chat({ onFinish: ({ finishReason, isError }) => ends.push([finishReason, isError]) });
    await page.sendMessage({ text: 'think' });
    assert.deepEqual(page.lastMessage.parts.map((part) => part.type), ['step-start', 'reasoning', 'text']);
    await page.sendMessage({ text: 'and be cut short' });
    assert.deepEqual(ends, [['stop', false], ['length', false]]);
    sameAsStored(page.messages, await stored(page.id));
  });

  await check(`${version}: a page that comes back resumes, and an idle chat has nothing to resume`, async () => {
    await script(FOR_EVER);
    const first = chat();
    await first.resumeStream();
    assert.equal(first.status, 'ready');
    const asking = first.sendMessage({ text: 'slowly' });
    await running(first);
    const second = await reopened(first);
    assert.deepEqual(second.messages.map((message) => message.role), ['user']);
    const reading = second.resumeStream();
    await running(second);
    await stop(first);
    await Promise.all([asking, reading]);
    assert.match(textOf(second.lastMessage), /^w0/);
    same(second.messages, await stored(first.id));
    same(first.lastMessage, second.lastMessage);
    await second.resumeStream();
    assert.equal(second.status, 'ready');
  });

  await check(`${version}: stop on the page only leaves; stop on the server ends the answer and keeps it`, async () => {
    await script(FOR_EVER);
    const page = chat();
    const asking = page.sendMessage({ text: 'for ever' });
    await running(page);
    await page.stop();
    await asking;
    const later = await reopened(page);
    const reading = later.resumeStream();
    await running(later);
    assert.equal((await stop(page)).stopped, true);
    await reading;
    assert.equal(later.status, 'ready');
    same(later.messages, await stored(page.id));
  });

  await check(`${version}: tools of the page are called, and the answer goes on in the same message`, async () => {
    const tools = { weather: { description: 'the weather', inputSchema: { type: 'object' } } };
    await script('call', 'call', 'words=3');
    const called = [];
    const page = chat({
      transport: transport({ body: { tools } }),
      sendAutomaticallyWhen: sdk.lastAssistantMessageIsCompleteWithToolCalls,
      onToolCall({ toolCall }) {
        called.push(toolCall.input);
        page.addToolOutput({ tool: 'weather', toolCallId: toolCall.toolCallId, output: { day: called.length } });
      },
    });
    await page.sendMessage({ text: 'Rain?' });
    await until(() => page.status === 'ready' && textOf(page.lastMessage) === 'w0 w1 w2');
    assert.deepEqual(called, [{ city: 'Paris' }, { city: 'Paris' }]);
    assert.equal(page.messages.length, 2);
    sameAsStored(page.messages, await stored(page.id));
    const outputs = page.lastMessage.parts.filter((part) => part.type === 'tool-weather').map((part) => part.output);
    assert.deepEqual(outputs, [{ day: 1 }, { day: 2 }]);
    await page.sendMessage({ text: 'Thanks.' });
    sameAsStored(page.messages, await stored(page.id));
  });

  await check(`${version}: a reload amid the answer to outputs brings the whole message back`, async () => {
    await script('call', FOR_EVER);
    const page = chat({ sendAutomaticallyWhen: sdk.lastAssistantMessageIsCompleteWithToolCalls });
    await page.sendMessage({ text: 'Rain?' });
    const call = page.lastMessage.parts.at(-1);
    await page.addToolOutput({ tool: 'weather', toolCallId: call.toolCallId, output: 'dry' });
    await running(page);
    const later = await reopened(page);
    assert.equal(later.lastMessage.parts.at(-1).output, 'dry');
    const reading = later.resumeStream();
    await running(later);
    await stop(page);
    await reading;
    await until(() => page.status === 'ready');
    same(later.messages, await stored(page.id));
    same(page.lastMessage, later.lastMessage);
  });

  await check(`${version}: refusals and failures are errors, and the question can be asked again`, async () => {
    await script('s401', 'truncate', 'words=1');
    const page = chat();
    await page.sendMessage({ text: 'one' });
    assert.equal(page.status, 'error');
    assert.match(page.error.message, /provider_credentials_refused/);
    if (version === 'ai 7') assert.equal(page.error.statusCode, 502);
    await page.regenerate();
    assert.equal(page.status, 'error');
    assert.match(page.error.message, /without saying/);
    await page.regenerate();
    assert.equal(page.status, 'ready');
    assert.equal(textOf(page.lastMessage), 'w0');
    sameAsStored(page.messages, await stored(page.id));
  });

  await check(`${version}: only the last message may be sent, and a picture with it`, async () => {
    const prepareSendMessagesRequest = ({ id, messages, body }) => ({ body: { ...body, id, message: messages.at(-1) } });
    const page = chat({ transport: transport({ prepareSendMessagesRequest }) });
    const picture = { type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,AA==' };
    await page.sendMessage({ text: 'What is this?', files: [picture] });
    await page.sendMessage({ text: 'And now?' });
    sameAsStored(page.messages, await stored(page.id));
  });

  await check(`${version}: what is stored are valid messages of the SDK`, async () => {
    const page = chat({ transport: transport({ body: { model: 'openai:reasoning' } }) });
    await page.sendMessage({ text: 'Hi' });
    const valid = await sdk.validateUIMessages({ messages: await stored(page.id) });
    same(valid, await stored(page.id));
  });
}

finish();
