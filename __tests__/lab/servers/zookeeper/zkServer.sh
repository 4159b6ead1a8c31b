#!/bin/bash
# zkServer.sh start-foreground, with Debian's libraries.
exec java -Dzookeeper.log.dir="$ZOO_LOG_DIR" -Xmx"${ZK_SERVER_HEAP:-256}m" $JVMFLAGS \
  -cp "$ZOO_CONF_DIR:$(printf '%s:' /usr/share/java/*.jar)" \
  org.apache.zookeeper.server.quorum.QuorumPeerMain "$ZOO_CONF_DIR/zoo.cfg"
