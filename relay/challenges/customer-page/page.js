// The customer's page: sends the code on a button press and shows the result.
// Never sets markup, only text.
const words = document.body.dataset;
const form = document.querySelector('form');
const input = document.getElementById('code');
const button = form.querySelector('button');
const state = document.getElementById('state');

function say(text, bad) {
  state.textContent = text;
  state.className = bad ? 'bad' : '';
}

function end(text, bad) {
  form.hidden = true;
  say(text, bad);
}

async function check() {
  const code = input.value.replace(/\D/g, '');
  if (button.disabled || code.length < 4) return input.focus();
  button.disabled = true;
  let reply = null;
  try {
    const response = await fetch(`${location.pathname}/checks`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code }),
      credentials: 'omit',
      cache: 'no-store',
    });
    if (response.status < 500) reply = await response.json();
  } catch {
    // handled below
  }
  button.disabled = false;
  switch (reply?.kind) {
    case 'verified':
      return end(words.verified, false);
    case 'wrong-code':
      if (reply.checksLeft === 0) return end(words.over, true);
      input.value = '';
      input.focus();
      return say(words.wrong.replace('{left}', reply.checksLeft), true);
    case 'spent':
    case 'unknown-page':
      return end(words.over, true);
    default:
      return say(words.lost, true);
  }
}

// the button press is the consent: nothing is sent automatically
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void check();
});
if (!form.hidden) input.focus();
