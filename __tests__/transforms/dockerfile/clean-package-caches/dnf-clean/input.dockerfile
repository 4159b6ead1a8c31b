FROM fedora:40
RUN dnf install -y git
RUN dnf -y update && dnf install -y \
    jq \
    make
RUN microdnf install -y tar && tar --version
RUN yum install -y wget && yum clean all
RUN dnf -y install xz && rm -rf /var/cache/dnf
RUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y unzip
RUN dnf install -y --installroot /rootfs bash
CMD ["git"]
