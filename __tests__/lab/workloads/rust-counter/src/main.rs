use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::{env, fs, io};

/// Counts each request in a file, and says the number.
fn main() -> io::Result<()> {
    let state = env::var("STATE_FILE").unwrap_or_else(|_| "count".into());
    let listener = TcpListener::bind("0.0.0.0:7000")?;
    for stream in listener.incoming() {
        if let Err(error) = stream.and_then(|stream| serve(stream, &state)) {
            eprintln!("request: {error}");
        }
    }
    Ok(())
}

fn serve(mut stream: TcpStream, state: &str) -> io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    if lines.next().is_none() {
        return Ok(());
    }
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let count: u64 = fs::read_to_string(state).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0) + 1;
    fs::write(state, count.to_string())?;
    let body = format!("count {count}\n");
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}
