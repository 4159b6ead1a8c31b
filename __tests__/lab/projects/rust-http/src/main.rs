use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

fn answer(path: &str) -> (u16, String) {
    match path {
        "/" => match fs::read_to_string("static/index.html") {
            Ok(page) => (200, page.replace("{version}", env!("CARGO_PKG_VERSION"))),
            Err(error) => (500, error.to_string()),
        },
        _ => match path.strip_prefix("/echo/") {
            Some(text) => (200, text.to_uppercase()),
            None => (404, "not found".into()),
        },
    }
}

fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while !lines.next().transpose()?.unwrap_or_default().is_empty() {}
    let (status, body) = answer(request.split(' ').nth(1).unwrap_or("/"));
    write!(
        stream,
        "HTTP/1.1 {status} -\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:7878")?;
    for stream in listener.incoming() {
        std::thread::spawn(move || stream.and_then(serve));
    }
    Ok(())
}
