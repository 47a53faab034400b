// The smallest download of a till in Svelte on IndexedDB: both libraries and no code of ours.
import { Dexie } from 'dexie';
import { mount } from 'svelte';
import Floor from './Floor.svelte';

new Dexie('floor').version(1).stores({ rows: 'id' });
mount(Floor, { target: document.body });
