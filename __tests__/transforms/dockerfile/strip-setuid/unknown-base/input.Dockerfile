FROM registry.example.org/base:1
USER app
CMD ["server"]
