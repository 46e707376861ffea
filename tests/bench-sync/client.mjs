// client.mjs FOLDER SERVER COUNT BYTES: so many documents of so many bytes of text, from a database on disk up to the
// server, and down again into another one. Prints what each direction took, for each size of a step, as JSON.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const PouchDB = require('pouchdb-core')
  .plugin(require('pouchdb-adapter-leveldb'))
  .plugin(require('pouchdb-adapter-http'))
  .plugin(require('pouchdb-replication'));

const STEPS = [100, 1000];

const [folder, server, count, bytes] = process.argv.slice(2);
const documents = Array.from({ length: Number(count) }, (_, number) => ({
  _id: String(number).padStart(10, '0'),
  text: String(number).padEnd(Number(bytes), 'x'),
}));

const ms = ({ user, system }) => (user + system) / 1000;
const worked = async () => ms(process.cpuUsage()) + ms(await (await fetch(`${server}/cpu`)).json());

async function timed(step, replicate) {
  const [began, before] = [performance.now(), await worked()];
  const done = await replicate({ batch_size: step });
  const took = performance.now() - began;
  if (done.docs_written !== documents.length) throw new Error(`only ${done.docs_written} came over`);
  return { step, ms: took, cpu_ms: (await worked()) - before };
}

const queued = new PouchDB(`${folder}/queued`);
await queued.bulkDocs(documents);
const [up, down] = [[], []];
for (const step of STEPS) {
  const remote = new PouchDB(`${server}/of-${step}`);
  await remote.info();
  up.push(await timed(step, (options) => queued.replicate.to(remote, options)));
  const fresh = new PouchDB(`${folder}/fresh-${step}`);
  await fresh.info();
  down.push(await timed(step, (options) => fresh.replicate.from(remote, options)));
}
console.log(JSON.stringify({ up, down }));
process.exit(0);
