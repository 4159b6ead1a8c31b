FROM opensuse/leap:15.6
RUN zypper --non-interactive install git
RUN zypper ref && zypper -n in jq && zypper clean -a
CMD ["git"]
