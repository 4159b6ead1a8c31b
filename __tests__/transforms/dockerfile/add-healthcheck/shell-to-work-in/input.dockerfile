FROM debian:bookworm
EXPOSE 3000
CMD ["bash"]
