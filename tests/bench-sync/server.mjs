// A server with CouchDB's protocol, its databases on disk. Prints its address when it is ready; `/cpu` tells what it has
// worked so far.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const express = require('express');
const serve = require('express-pouchdb');
const PouchDB = require('pouchdb-core')
  .plugin(require('pouchdb-adapter-leveldb'))
  .plugin(require('pouchdb-mapreduce'))
  .plugin(require('pouchdb-find'));

const [folder] = process.argv.slice(2);
const app = express();
app.get('/cpu', (_, answer) => answer.json(process.cpuUsage()));
const options = { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: `${folder}/server.log` };
app.use('/', serve(PouchDB.defaults({ prefix: `${folder}/` }), options));
const server = app.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
