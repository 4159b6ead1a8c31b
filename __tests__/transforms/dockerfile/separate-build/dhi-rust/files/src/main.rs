fn main() { println!("{:?}", std::fs::read("static/index.html")); }
