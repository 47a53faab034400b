// The dialogue that asks for the customer's code, in Russian. The shape of this file is the shape of every other language's.

export const code = {};
