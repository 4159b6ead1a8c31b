FROM fedora:40
RUN dnf install -y --downloadonly git
RUN dnf -C install -y git
CMD ["git"]
