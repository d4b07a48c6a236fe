// OpenAI's own SDK for JavaScript, which knows the server only by its address. Given on stdin: { url }.
import OpenAI, { BadRequestError, NotFoundError } from 'openai';
import { assert, check, finish, given } from './harness.mjs';

const { url } = await given();
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 });
const messages = [{ role: 'user', content: 'Hi' }];
const FUNCTION = { name: 'weather', description: 'the weather', parameters: { type: 'object', properties: {} } };

async function all(stream) {
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
}

await check('models are listed and looked at', async () => {
  const models = await all(client.models.list());
  assert(models.length > 0);
  assert.equal((await client.models.retrieve(models[0].id)).object, 'model');
});

await check('a chat completion is answered whole', async () => {
  const completion = await client.chat.completions.create({ model: 'words=3', messages });
  assert.equal(completion.choices[0].message.content, 'w0 w1 w2');
  assert.equal(completion.choices[0].finish_reason, 'stop');
  assert.equal(completion.usage.completion_tokens, 3);
});

await check('a chat completion is streamed with its usage', async () => {
  const stream_options = { include_usage: true };
  const chunks = await all(await client.chat.completions.create({ model: 'words=3', messages, stream: true, stream_options }));
  assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? '').join(''), 'w0 w1 w2');
  assert.equal(chunks.at(-1).usage.completion_tokens, 3);
});

await check('the helper of streams puts calls of tools together', async () => {
  const tools = [{ type: 'function', function: FUNCTION }];
  const stream = client.chat.completions.stream({ model: 'call', messages, tools });
  const [call] = (await stream.finalChatCompletion()).choices[0].message.tool_calls;
  assert.deepEqual([call.function.name, JSON.parse(call.function.arguments)], ['weather', { city: 'Paris' }]);
});

await check('tools are run by the helper until there is an answer', async () => {
  const run = (model) => ({ model, messages, tools: [{ type: 'function', function: { ...FUNCTION, parse: JSON.parse, function: () => 'dry' } }] });
  const runner = client.chat.completions.runTools(run('call'), { maxChatCompletions: 2 });
  await runner.done();
  assert(runner.messages.some((message) => message.role === 'tool' && message.content === 'dry'));
});

await check('embeddings come as numbers', async () => {
  const { data } = await client.embeddings.create({ model: 'scripted-embedding', input: ['a river', 'a brook'] });
  assert.equal(data.length, 2);
  assert(data.every(({ embedding }) => embedding.length === 8 && embedding.every(Number.isFinite)));
});

await check('a response is answered whole, goes on, is looked at and deleted', async () => {
  const first = await client.responses.create({ model: 'words=3', input: 'Hi' });
  assert.equal(first.output_text, 'w0 w1 w2');
  const second = await client.responses.create({ model: 'echo', input: 'And?', previous_response_id: first.id });
  assert.equal(second.output_text, 'And?');
  assert.equal((await client.responses.retrieve(first.id)).output_text, 'w0 w1 w2');
  const items = await all(client.responses.inputItems.list(second.id));
  assert.equal(items[0].role, 'user');
  await client.responses.delete(second.id);
  await assert.rejects(client.responses.retrieve(second.id), NotFoundError);
});

await check('a response is streamed and resumed after any of its events', async () => {
  const whole = await all(await client.responses.create({ model: 'words=5,delay=0.005', input: 'Hi', stream: true }));
  assert.equal(whole[0].type, 'response.created');
  assert.equal(whole.at(-1).type, 'response.completed');
  assert.equal(whole.at(-1).response.output[0].content[0].text, 'w0 w1 w2 w3 w4');
  const { id } = whole[0].response;
  for (const after of [0, 3, whole.length - 2]) {
    const rest = await all(await client.responses.retrieve(id, { stream: true, starting_after: after }));
    assert.deepEqual(rest, whole.slice(after + 1));
  }
});

await check('a response left amid its words is resumed live to its end', async () => {
  const stream = await client.responses.create({ model: 'words=60,delay=0.005', input: 'Hi', stream: true });
  const seen = [];
  for await (const event of stream) {
    seen.push(event);
    if (event.type === 'response.output_text.delta') break;
  }
  const { id } = seen[0].response;
  const starting_after = seen.at(-1).sequence_number;
  const rest = await all(await client.responses.retrieve(id, { stream: true, starting_after }));
  const deltas = [...seen, ...rest].filter((event) => event.type === 'response.output_text.delta');
  assert.equal(deltas.map((event) => event.delta).join('').split(' ').length, 60);
  assert.deepEqual([...seen, ...rest].map((event) => event.sequence_number), [...Array(seen.length + rest.length).keys()]);
});

await check('the helper of responses ends with the response', async () => {
  const stream = client.responses.stream({ model: 'reasoning,words=2', input: 'Hi' });
  const response = await stream.finalResponse();
  assert.equal(response.output_text, 'w0 w1');
  assert.deepEqual(response.output.map((item) => item.type), ['reasoning', 'message']);
});

await check('a response in the background is cancelled', async () => {
  const started = await client.responses.create({ model: 'words=500,delay=0.05', input: 'Hi', background: true });
  const cancelled = await client.responses.cancel(started.id);
  assert.equal(cancelled.status, 'cancelled');
});

await check('functions are called and their outputs are the next input', async () => {
  const tools = [{ type: 'function', strict: false, ...FUNCTION }];
  const first = await client.responses.create({ model: 'call', input: 'Rain?', tools });
  const [call] = first.output;
  assert.deepEqual([call.type, JSON.parse(call.arguments)], ['function_call', { city: 'Paris' }]);
  const input = [{ type: 'function_call_output', call_id: call.call_id, output: 'dry' }];
  const second = await client.responses.create({ model: 'words=1', input, tools, previous_response_id: first.id });
  assert.equal(second.output_text, 'w0');
});

await check('conversations keep items, and responses go on in them', async () => {
  const items = [{ type: 'message', role: 'user', content: 'I am a bird.' }];
  const { id } = await client.conversations.create({ items, metadata: { for: 'me' } });
  assert.deepEqual((await client.conversations.retrieve(id)).metadata, { for: 'me' });
  await client.conversations.update(id, { metadata: { for: 'you' } });
  await client.responses.create({ model: 'words=1', input: 'Who am I?', conversation: id });
  await client.conversations.items.create(id, { items: [{ type: 'message', role: 'user', content: 'Hm.' }] });
  const listed = await all(client.conversations.items.list(id, { order: 'asc', limit: 2 }));
  assert.deepEqual(listed.map((item) => item.role), ['user', 'user', 'assistant', 'user']);
  const [first] = listed;
  assert.equal((await client.conversations.items.retrieve(first.id, { conversation_id: id })).id, first.id);
  await client.conversations.items.delete(first.id, { conversation_id: id });
  await client.conversations.delete(id);
  await assert.rejects(client.conversations.retrieve(id), NotFoundError);
});

await check('refusals are the errors of the SDK', async () => {
  await assert.rejects(client.responses.retrieve('resp_999'), NotFoundError);
  await assert.rejects(client.responses.create({ model: 'words=1', input: 'Hi', base_url: 'x' }), BadRequestError);
  await assert.rejects(client.chat.completions.create({ model: 's401', messages }), OpenAI.APIError);
  const broken = await client.chat.completions.create({ model: 'error_in_stream', messages, stream: true });
  await assert.rejects(all(broken), OpenAI.APIError);
});

finish();
