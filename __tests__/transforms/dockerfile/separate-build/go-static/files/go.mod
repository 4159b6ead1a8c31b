module example.org/paste
