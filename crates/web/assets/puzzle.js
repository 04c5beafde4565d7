// Before a stranger's first word their browser looks for a number that makes a digest begin with so many zeros: dear to a machine that
// writes to everybody, and nothing to people, because it is found while they type. A digest of our own, because browsers give theirs to
// pages over https only, and each of its answers only after a while.
"use strict";

const PRIMES = [2];
for (let n = 3; PRIMES.length < 64; n += 2) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
const fraction = (number) => ((number % 1) * 2 ** 32) | 0;
const FIRST = new Int32Array(PRIMES.slice(0, 8).map((it) => fraction(Math.sqrt(it))));
const ROUNDS = new Int32Array(PRIMES.map((it) => fraction(Math.cbrt(it))));
const words = new Int32Array(64);

// The first word of the SHA-256 (FIPS 180-4) of the block that stands in `words`.
const digest = () => {
  for (let n = 16; n < 64; n++) {
    const x = words[n - 15], y = words[n - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[n] = words[n - 16] + s0 + words[n - 7] + s1;
  }
  let a = FIRST[0], b = FIRST[1], c = FIRST[2], d = FIRST[3], e = FIRST[4], f = FIRST[5], g = FIRST[6], h = FIRST[7];
  for (let n = 0; n < 64; n++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[n] + words[n]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
  }
  return (a + FIRST[0]) | 0;
};

// All fits into one block of 64 bytes, with the end mark and the length.
const fill = (text) => {
  words.fill(0);
  for (let n = 0; n < text.length; n++) words[n >> 2] |= text.charCodeAt(n) << (24 - 8 * (n & 3));
  words[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
  words[15] = 8 * text.length;
};

onmessage = ({ data: { puzzle, bits } }) => {
  for (let number = 0; ; number++) {
    const text = `${puzzle}.${number}`;
    fill(text);
    if (Math.clz32(digest()) >= bits) return void postMessage(text);
  }
};
