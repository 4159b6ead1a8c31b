import com.sun.net.httpserver.HttpServer;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Sums up the bytes of a request in native code, which it unpacks from its archive as libraries do. */
public final class Checksum {
  private static native long sum(byte[] bytes);

  private static void load() throws Exception {
    Path library = Files.createTempFile("libchecksum", ".so");
    library.toFile().deleteOnExit();
    try (InputStream packed = Checksum.class.getResourceAsStream("/libchecksum.so")) {
      Files.copy(packed, library, StandardCopyOption.REPLACE_EXISTING);
    }
    System.load(library.toString());
  }

  public static void main(String[] arguments) throws Exception {
    load();
    HttpServer server = HttpServer.create(new InetSocketAddress(8080), 0);
    server.createContext("/", exchange -> {
      byte[] answer = ("sum " + sum(exchange.getRequestBody().readAllBytes()) + "\n").getBytes();
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
  }
}
