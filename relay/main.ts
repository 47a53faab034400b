// The relay's entry.
console.log('Counterfoil relay');
