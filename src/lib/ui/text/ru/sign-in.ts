// Sign-in, lock and quick switch, in Russian. The shape of this file is the shape of every other language's.

export const signIn = {};
