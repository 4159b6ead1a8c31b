import { title } from './title.js';

document.querySelector('h1').textContent = title;
