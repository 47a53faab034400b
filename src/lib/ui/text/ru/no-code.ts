// Going on without a code, in Russian. The shape of this file is the shape of every other language's.

export const noCode = {};
