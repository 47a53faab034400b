// The status chip and what stands behind it, in Russian. The shape of this file is the shape of every other language's.

export const status = {};
