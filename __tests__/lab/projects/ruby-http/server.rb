require 'erb'
require 'json'
require 'socket'
require_relative 'lib/menu'

VIEW = ERB.new(File.read(File.join(__dir__, 'views', 'menu.erb')))

def answer(path)
  case path
  when '/' then [200, 'text/html', VIEW.result_with_hash(dishes: Menu.dishes)]
  when '/menu.json' then [200, 'application/json', JSON.generate(Menu.dishes)]
  else [404, 'text/plain', "not found\n"]
  end
end

server = TCPServer.new('0.0.0.0', 4567)
trap('TERM') { exit }
loop do
  client = server.accept
  path = client.gets.to_s.split[1]
  nil until client.gets.to_s.strip.empty?
  status, type, body = answer(path)
  client.write "HTTP/1.1 #{status} -\r\nContent-Type: #{type}\r\nContent-Length: #{body.bytesize}\r\nConnection: close\r\n\r\n#{body}"
  client.close
end
