// client.mjs FOLDER SERVER COUNT UP DOWN: so many documents of UP bytes of text from a database on disk up to the server,
// and as many of DOWN bytes from the server into an empty one. Prints what each direction took, for each size of a step,
// as JSON.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const PouchDB = require('pouchdb-core')
  .plugin(require('pouchdb-adapter-leveldb'))
  .plugin(require('pouchdb-adapter-http'))
  .plugin(require('pouchdb-replication'));

const STEPS = [100, 1000];

const [folder, server, ...numbers] = process.argv.slice(2);
const [count, upBytes, downBytes] = numbers.map(Number);
const documents = (bytes) =>
  Array.from({ length: count }, (_, number) => ({
    _id: String(number).padStart(10, '0'),
    text: String(number).padEnd(bytes, 'x'),
  }));

const ms = ({ user, system }) => (user + system) / 1000;
const worked = async () => ms(process.cpuUsage()) + ms(await (await fetch(`${server}/cpu`)).json());

async function database(name) {
  const made = new PouchDB(name);
  await made.info();
  return made;
}

async function filled(name, bytes) {
  const made = await database(name);
  const all = documents(bytes);
  for (let at = 0; at < count; at += 1000) await made.bulkDocs(all.slice(at, at + 1000));
  return made;
}

async function timed(step, replicate) {
  const [began, before] = [performance.now(), await worked()];
  const done = await replicate({ batch_size: step });
  const took = performance.now() - began;
  if (done.docs_written !== count) throw new Error(`only ${done.docs_written} came over`);
  return { ms: took, cpu_ms: (await worked()) - before };
}

const queued = await filled(`${folder}/queued`, upBytes);
const homes = await filled(`${server}/homes`, downBytes);
const [up, down] = [[], []];
for (const step of STEPS) {
  const remote = await database(`${server}/up-${step}`);
  up.push(await timed(step, (options) => queued.replicate.to(remote, options)));
  const phone = await database(`${folder}/down-${step}`);
  down.push(await timed(step, (options) => phone.replicate.from(homes, options)));
}
console.log(JSON.stringify({ up, down }));
process.exit(0);
