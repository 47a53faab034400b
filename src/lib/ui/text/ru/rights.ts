// Names of rights and groups, in Russian. The shape of this file is the shape of every other language's.

export const rights = {};
