await import('./dist/entry.js');
