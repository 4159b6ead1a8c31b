FROM cimg/node:22.1
USER circleci
COPY run.sh /home/circleci/run.sh
RUN sudo chmod 0755 /home/circleci/run.sh
RUN sudo npm install -g pnpm
CMD ["/home/circleci/run.sh"]
