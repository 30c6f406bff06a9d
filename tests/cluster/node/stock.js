// The stock Thrift client of Node.js against one node: every transport and protocol it has.
//   node stock.js GEN HOST PORT     exit 0: all held; else the first that did not is thrown
'use strict';
const assert = require('node:assert/strict');
const path = require('node:path');
const thrift = require('thrift');

const [gen, host, port] = process.argv.slice(2);
const Store = require(path.join(gen, 'Store'));
const store = require(path.join(gen, 'store_types'));
const types = require(path.join(gen, 'types_types'));
const { ONE, ALL } = types.Consistency;

const transports = { framed: thrift.TFramedTransport, buffered: thrift.TBufferedTransport };
const protocols = { binary: thrift.TBinaryProtocol, compact: thrift.TCompactProtocol };

const put = (client, key, value) => client.put(new store.PutRequest({ key, value, consistency: ALL }));
const get = (client, key) => client.get(new store.GetRequest({ key, consistency: ONE }));
const raised = (call) => call.then(() => assert.fail('nothing was thrown'), (error) => error);

async function requests(client, name) {
  const large = Buffer.alloc(1 << 20, name);
  assert.equal((await put(client, name, large)).outcome, types.Outcome.APPLIED);
  assert.ok((await get(client, name)).value.equals(large));
  const key = Buffer.from([0xff, 0xfe, 0, 0x80, 1]);
  await put(client, key, Buffer.from(key).reverse());
  assert.ok((await get(client, key)).value.equals(Buffer.from(key).reverse()));
  const absent = await get(client, 'absent');
  assert.equal(absent.found, false);
  assert.equal(absent.trace, null);
  const traced = await client.get(new store.GetRequest({ key: 'absent', trace: true }));
  assert.match(traced.trace, /^trace [0-9a-f]{16}  get absent  QUORUM /);
  await client.remove(new store.RemoveRequest({ key: name, consistency: ALL }));
  assert.equal((await get(client, name)).removed, true);
}

async function errors(client) {
  const invalid = await raised(put(client, '', 'v'));
  assert.ok(invalid instanceof types.InvalidRequest, String(invalid));
  assert.equal(invalid.field, 'key');
  const late = await raised(
    client.put(new store.PutRequest({ key: 'k', value: 'v', expiry: 1 })));
  assert.ok(late instanceof types.InvalidRequest, String(late));
}

// All at once on one connection: each gets its own.
async function pipelined(client, name) {
  const keys = Array.from({ length: 200 }, (_, number) => `${name} ${number}`);
  await Promise.all(keys.map((key) => put(client, key, `of ${key}`)));
  const answers = await Promise.all(keys.map((key) => get(client, key)));
  answers.forEach((answer, at) => assert.equal(String(answer.value), `of ${keys[at]}`));
}

async function main() {
  for (const [transport, Transport] of Object.entries(transports)) {
    for (const [protocol, Protocol] of Object.entries(protocols)) {
      const name = `${protocol}, ${transport}`;
      const connection = thrift.createConnection(host, Number(port), {
        transport: Transport, protocol: Protocol,
      });
      const lost = new Promise((_, reject) => connection.on('error', reject));
      const client = thrift.createClient(Store, connection);
      for (const test of [requests, errors, pipelined]) {
        await Promise.race([test(client, name), lost]);
      }
      connection.end();
      console.log(`${name}: ok`);
    }
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
