import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps what is put under a name, in a file of its working directory. */
public class Notes {
    public static void main(String[] args) throws Exception {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        HttpServer server = HttpServer.create(address, 0);
        server.createContext("/", exchange -> {
            Path note = Path.of(exchange.getRequestURI().getPath().substring(1)).getFileName();
            boolean written = exchange.getRequestMethod().equals("PUT");
            if (written) Files.write(note, exchange.getRequestBody().readAllBytes());
            byte[] text = Files.exists(note) ? Files.readAllBytes(note) : new byte[0];
            exchange.sendResponseHeaders(text.length == 0 ? 404 : 200, text.length == 0 ? -1 : text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        });
        server.start();
    }
}
