FROM registry.example.org/platform/runtime:7
CMD node server.js
