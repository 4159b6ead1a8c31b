import time

from store import ask

while True:
    try:
        task = ask('BRPOP', 'tasks', '5')
        if task:
            ask('RPUSH', 'done', task[1].upper())
    except OSError:
        time.sleep(0.5)
