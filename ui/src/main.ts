// Starts the window: theme first, so that nothing flashes, then the host, then the frame.

import { mount } from 'svelte';
import App from './app/App.svelte';
import { appearance } from './app/appearance.svelte';
import { openHost } from './host';
import './styles/tokens.css';
import './styles/base.css';
import './styles/chart.css';

appearance.apply();
const target = document.getElementById('app');
if (target !== null) {
  const host = await openHost();
  mount(App, { target, props: { host } });
}
