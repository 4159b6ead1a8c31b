package org.example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

public final class Quotes {
  public static void main(String[] arguments) throws IOException {
    List<String> quotes;
    try (var stream = Quotes.class.getResourceAsStream("/quotes.txt")) {
      quotes = new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    Path served = Files.createTempFile("quotes", ".count");
    HttpServer server = HttpServer.create(new InetSocketAddress(8080), 0);
    server.createContext("/quotes/", exchange -> {
      String name = exchange.getRequestURI().getPath().substring("/quotes/".length());
      if (!name.matches("\\d+") || Integer.parseInt(name) >= quotes.size()) {
        answer(exchange, 404, "no such quote\n");
        return;
      }
      Files.writeString(served, name);
      answer(exchange, 200, quotes.get(Integer.parseInt(name)) + "\n");
    });
    server.createContext("/last", exchange -> answer(exchange, 200, Files.readString(served) + "\n"));
    server.start();
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
