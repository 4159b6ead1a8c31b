require 'fileutils'
require 'socket'

# Pages are files of the working directory.
server = TCPServer.new('0.0.0.0', Integer(ENV.fetch('PORT')))
trap('TERM') { exit }
loop do
  client = server.accept
  verb, path = client.gets.to_s.split
  length = 0
  while (line = client.gets&.chomp) && line != ''
    length = line.split(':')[1].to_i if line.downcase.start_with?('content-length')
  end
  name = File.basename(path.to_s)
  if verb == 'PUT'
    File.write("#{name}.new", client.read(length))
    FileUtils.mv("#{name}.new", name)
    body = "saved by #{Process.uid}\n"
  else
    body = File.exist?(name) ? File.read(name) : "no such page\n"
  end
  client.write("HTTP/1.1 200 OK\r\nContent-Length: #{body.bytesize}\r\nConnection: close\r\n\r\n#{body}")
  client.close
end
