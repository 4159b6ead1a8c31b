"""Takes jobs from a list of Redis's, and leaves their results there."""

import os
import signal
import socket
import sys
import time


def connect():
    while True:
        try:
            return socket.create_connection((os.environ.get('REDIS_HOST', 'localhost'), 6379)).makefile('rwb')
        except OSError as error:
            print(f'no Redis yet: {error}', file=sys.stderr)
            time.sleep(0.5)


def ask(redis, *words):
    redis.write(b'*%d\r\n' % len(words))
    for word in words:
        redis.write(b'$%d\r\n%s\r\n' % (len(word), word))
    redis.flush()
    return answer(redis)


def answer(redis):
    line = redis.readline().rstrip()
    if line == b'':
        raise OSError('Redis went away')
    kind, rest = line[:1], line[1:]
    if kind == b'*':
        return [answer(redis) for _ in range(int(rest))]
    if kind == b'$':
        return redis.read(int(rest) + 2)[:-2] if rest != b'-1' else None
    if kind == b'-':
        raise OSError(rest.decode())
    return rest


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
while True:
    try:
        redis = connect()
        while True:
            _, job = ask(redis, b'BLPOP', b'jobs', b'0')
            ask(redis, b'HSET', b'results', job, job.upper())
            print(f'done: {job.decode()}')
    except OSError as error:
        print(error, file=sys.stderr)
        time.sleep(0.5)
