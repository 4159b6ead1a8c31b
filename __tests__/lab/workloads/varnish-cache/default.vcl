vcl 4.1;

backend default {
  .host = "origin";
  .port = "80";
}

sub vcl_backend_response {
  set beresp.ttl = 60s;
}

sub vcl_deliver {
  if (obj.hits > 0) {
    set resp.http.X-Cache = "HIT";
  } else {
    set resp.http.X-Cache = "MISS";
  }
}
