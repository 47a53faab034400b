// The journal and its proofs, in Russian. The shape of this file is the shape of every other language's.

export const journal = {};
