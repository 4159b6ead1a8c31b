FROM debian:12-slim
ADD ["release notes.txt", "/usr/share/doc/notes/"]
CMD ["cat", "/usr/share/doc/notes/release notes.txt"]
