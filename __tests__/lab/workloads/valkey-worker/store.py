import os
import socket


def ask(*words):
    with socket.create_connection((os.environ['CACHE_HOST'], 6379)) as connection:
        encoded = [word.encode() for word in words]
        request = b'*%d\r\n' % len(encoded) + b''.join(b'$%d\r\n%s\r\n' % (len(word), word) for word in encoded)
        connection.sendall(request)
        return read(connection.makefile('rb'))


def read(stream):
    line = stream.readline().strip().decode()
    if line[0] == '*':
        return [read(stream) for _ in range(int(line[1:]))] if line[1:] != '-1' else None
    if line[0] == '$':
        return None if line[1:] == '-1' else stream.read(int(line[1:]) + 2)[:-2].decode()
    return line[1:]
