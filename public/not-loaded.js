// Says that the till did not start because a part of it is missing or broken.
// The till itself cannot say it then.
addEventListener(
  'error',
  () => {
    if (!document.querySelector('#app > *')) document.getElementById('not-loaded').hidden = false;
  },
  true, // a script that cannot be had tells only on its way down
);
