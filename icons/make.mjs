// Makes every icon file from terskel.svg: `node icons/make.mjs` (needs Debian's chromium to draw).
// The .ico and .icns files are plain containers around PNGs, so they are put together here.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const svg = readFileSync(join(here, 'terskel.svg'), 'utf8');
const work = mkdtempSync(join(tmpdir(), 'terskel-icons-'));

/** The drawing as a PNG of `size` × `size` pixels with a transparent ground. */
function png(size) {
  const page = join(work, 'icon.html');
  const out = join(work, `${size}.png`);
  const style = `html,body{margin:0;overflow:hidden}svg{display:block;width:${size}px;height:${size}px}`;
  writeFileSync(page, `<!doctype html><style>${style}</style>${svg}`);
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-device-scale-factor=1'];
  const shot = [`--window-size=${size},${size}`, '--default-background-color=00000000', `--screenshot=${out}`];
  execFileSync('chromium', [...flags, ...shot, `file://${page}`], { stdio: 'ignore' });
  return readFileSync(out);
}

/** Windows: ICONDIR, one 16-byte entry an image, then the PNGs. */
function ico(images) {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let at = head.length;
  images.forEach(([size, data], i) => {
    const entry = 6 + 16 * i;
    head.writeUInt8(size % 256, entry);
    head.writeUInt8(size % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(data.length, entry + 8);
    head.writeUInt32LE(at, entry + 12);
    at += data.length;
  });
  return Buffer.concat([head, ...images.map(([, data]) => data)]);
}

/** Apple: 'icns', total length, then type, length and PNG each. */
function icns(images) {
  const chunk = (type, data) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, 'ascii');
    head.writeUInt32BE(data.length + 8, 4);
    return Buffer.concat([head, data]);
  };
  return chunk('icns', Buffer.concat(images.map(([type, data]) => chunk(type, data))));
}

try {
  const drawn = new Map([16, 32, 48, 64, 128, 256, 512, 1024].map((size) => [size, png(size)]));
  const save = (name, data) => writeFileSync(join(here, name), data);
  save('32x32.png', drawn.get(32));
  save('128x128.png', drawn.get(128));
  save('128x128@2x.png', drawn.get(256));
  save('icon.png', drawn.get(512));
  save('icon.ico', ico([16, 32, 48, 64, 256].map((size) => [size, drawn.get(size)])));
  const apple = { ic11: 32, ic12: 64, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 };
  save('icon.icns', icns(Object.entries(apple).map(([type, size]) => [type, drawn.get(size)])));
} finally {
  rmSync(work, { recursive: true });
}
