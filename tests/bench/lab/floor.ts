// The least a till in Svelte on IndexedDB can weigh: both of them and nothing of the trade.
import { Dexie } from 'dexie';
import { mount } from 'svelte';
import Floor from './Floor.svelte';

new Dexie('floor').version(1).stores({ rows: 'id' });
mount(Floor, { target: document.body });
