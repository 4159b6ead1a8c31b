use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::{env, fs, io};

/// Counts each connection in a file, and says the number.
fn main() -> io::Result<()> {
    let state = env::var("STATE_FILE").unwrap_or_else(|_| "count".into());
    let listener = TcpListener::bind("0.0.0.0:7000")?;
    for stream in listener.incoming() {
        let mut stream = stream?;
        for line in BufReader::new(stream.try_clone()?).lines() {
            if line?.is_empty() {
                break;
            }
        }
        let count: u64 = fs::read_to_string(&state).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0) + 1;
        fs::write(&state, count.to_string())?;
        let body = format!("count {count}\n");
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())?;
    }
    Ok(())
}
