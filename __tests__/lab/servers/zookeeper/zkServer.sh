#!/bin/bash
# zkServer.sh start-foreground, with Debian's libraries, of which one may write the log.
libraries=$(find /usr/share/java -name '*.jar' \! -name '*slf4j*' -printf '%p:')
exec java -Dzookeeper.log.dir="$ZOO_LOG_DIR" -Xmx"${ZK_SERVER_HEAP:-256}m" $JVMFLAGS \
  -cp "$ZOO_CONF_DIR:$libraries/usr/share/java/slf4j-api.jar:/usr/share/java/slf4j-simple.jar" \
  org.apache.zookeeper.server.quorum.QuorumPeerMain "$ZOO_CONF_DIR/zoo.cfg"
